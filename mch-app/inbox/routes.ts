import type { Db } from '#db/mch/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { MenuGroup } from '#templates/views.ts';
import type { FormRoute } from '../kept-forms/index.ts';
import { type Handler, type SignedInContext, sessionOf } from '../sessions/index.ts';
import type { ShowPage } from '../shell/index.ts';
import { listMessages, markRead, openMessage } from './store.ts';

export interface InboxRouteDeps {
  db: Db;
  clock: Clock;
  show: ShowPage;
  menuOf: (ctx: SignedInContext) => MenuGroup[];
  actingForm: (handle: (ctx: SignedInContext, form: Form) => Promise<void>) => Handler;
}

const PATH = '/common/inbox';
const PAGE_SIZE = 20;
const NUMBER = /^\d{1,15}$/;

/** The list of messages, one message, and marking those that were shown as read. */
export function inboxRoutes(deps: InboxRouteDeps): FormRoute[] {
  return [
    { method: 'get', path: PATH, handle: showMessages(deps) },
    { method: 'get', path: `${PATH}/:id`, handle: showMessage(deps) },
    { method: 'post', path: `${PATH}/read`, handle: receiveRead(deps), reshow: 'press' },
  ];
}

function showMessages({ db, show, menuOf }: InboxRouteDeps): Handler {
  return async (ctx) => {
    const { account } = sessionOf(ctx);
    const asked = new URLSearchParams(ctx.querystring).get('before') ?? '';
    const before = NUMBER.test(asked) ? Number(asked) : undefined;
    const found = await listMessages(db, account.id, before, PAGE_SIZE + 1);
    const messages = found.slice(0, PAGE_SIZE);
    const { locale } = ctx.state;
    show(ctx, 'mch-app/inbox', {
      menu: menuOf(ctx),
      acting: account.id,
      newest: String(messages[0]?.id ?? 0),
      oldest: String(messages.at(-1)?.id ?? 0),
      hasUnread: messages.some(({ isUnread }) => isUnread),
      messages: messages.map(({ id, subject, at, isUnread }) => ({
        url: `${PATH}/${id}`,
        subject: subject[locale],
        at,
        isUnread,
      })),
      firstUrl: before === undefined ? '' : PATH,
      olderUrl: found.length > PAGE_SIZE ? `${PATH}?before=${messages.at(-1)?.id}` : '',
    });
  };
}

function showMessage({ db, clock, show, menuOf }: InboxRouteDeps): Handler {
  return async (ctx) => {
    const id = String(ctx.params['id']);
    const { account, act } = sessionOf(ctx);
    const readAt = act ? undefined : clock(); // what an operator looks at stays unread
    const message = NUMBER.test(id) ? await openMessage(db, account.id, Number(id), readAt) : undefined;
    if (!message) throw new Fault('not_found');
    const { locale } = ctx.state;
    show(ctx, 'mch-app/inbox-message', {
      menu: menuOf(ctx),
      subject: message.subject[locale],
      at: message.at,
      paragraphs: message.body[locale].split('\n'),
      url: message.path,
      listUrl: PATH,
    });
  };
}

/** Marks what the page showed: what came meanwhile stays unread. */
function receiveRead({ db, clock, actingForm }: InboxRouteDeps): Handler {
  return actingForm(async (ctx, form) => {
    const [first, last] = [form.get('oldest'), form.get('newest')];
    if (!NUMBER.test(first) || !NUMBER.test(last)) throw new Fault('bad_request');
    const span = { first: Number(first), last: Number(last) };
    await markRead(db, sessionOf(ctx).account.id, span, clock());
    seeOther(ctx, PATH);
  });
}
