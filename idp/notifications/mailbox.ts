import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import { type RenderedLetter, renderLetter } from './letter.ts';
import { type StoredMail, findMail, listMails } from './store.ts';

export interface MailboxDeps {
  db: Db;
  keyring: Keyring;
  renderer: Renderer;
}

const SHOWN = 50;

/** Whose address leads to it may show pictures of a style, run nothing, and reach nothing. */
const LETTER_CSP = "default-src 'none'; style-src-attr 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** Every mail that was written lately, for whom it may concern. For the demo only: whoever sees it is everybody. */
export function mailboxRoutes(deps: MailboxDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/demo/mailbox' });
  const { renderer, keyring } = deps;

  const read = async (id: string | undefined): Promise<{ mail: StoredMail; letter: RenderedLetter }> => {
    const mail = /^\d{1,15}$/.test(id ?? '') ? await findMail(deps.db, Number(id)) : undefined;
    if (!mail?.contentSealed) throw new Fault('not_found');
    return { mail, letter: renderLetter(keyring, mail) };
  };

  router.get('/', async (ctx) => {
    const mails = (await listMails(deps.db, SHOWN)).map((mail) => {
      const { subject, to } = renderLetter(keyring, mail);
      const { id, createdAt, sentAt } = mail;
      return { url: `/demo/mailbox/${id}`, subject, to: to.address, createdAt, sent: sentAt !== undefined };
    });
    ctx.type = 'html';
    ctx.body = renderer.page('idp/mailbox', pageOf(ctx), { mails });
  });

  router.get('/:id', async (ctx) => {
    const { mail, letter } = await read(ctx.params['id']);
    const { subject, sender, text } = letter;
    ctx.type = 'html';
    ctx.body = renderer.page('idp/mailbox-letter', pageOf(ctx), {
      subject,
      sender,
      to: `${letter.to.name} <${letter.to.address}>`,
      createdAt: mail.createdAt,
      lines: text.split('\n').map((line) => ({ text: line, isLink: /^https?:\/\/\S+$/.test(line) })),
      htmlUrl: `/demo/mailbox/${mail.id}/html`,
      boxUrl: '/demo/mailbox',
    });
  });

  router.get('/:id/html', async (ctx) => {
    const { letter } = await read(ctx.params['id']);
    ctx.set('Content-Security-Policy', LETTER_CSP);
    ctx.type = 'html';
    ctx.body = letter.html;
  });
  return router;
}

function pageOf(ctx: Context): PageContext {
  return { locale: ctx.state.locale, path: ctx.url, app: 'idp' };
}
