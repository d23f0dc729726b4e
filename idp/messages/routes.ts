import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { countUnread, listMessages, markRead, openMessage } from './store.ts';
import type { WorkItem } from './types.ts';
import { MESSAGES, PAGE_SIZE, messageView, messagesView } from './view.ts';

/** `Session` is whatever the gate knows a signed-in person by. */
export interface MessageRouteDeps<Session extends { accountId: string }> {
  db: Db;
  registry: ClientRegistry;
  renderer: Renderer;
  gate: {
    session(ctx: Context): Promise<Session | undefined>;
    requireSession(ctx: Context): Promise<Session | undefined>;
    page(ctx: Context, session: Session | undefined): PageContext;
  };
  /** What waits for the person as a manager. */
  listWork: (accountId: string) => Promise<WorkItem[]>;
}

/** The person's messages: the list, one message, and marking those of the list as read. */
export function messageRoutes<Session extends { accountId: string }>(
  deps: MessageRouteDeps<Session>,
): Router<RequestState> {
  const { db, registry, renderer, gate, listWork } = deps;
  const router = new Router<RequestState>({ prefix: MESSAGES });

  router.get('/', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const query = new URLSearchParams(ctx.querystring);
    const before = numberOf(query.get('before'));
    const found = await listMessages(db, session.accountId, before, PAGE_SIZE + 1);
    const unread = await countUnread(db, session.accountId);
    const status = query.get('done') === 'read' && {
      status: { kind: 'success' as const, key: 'messages.all-read' },
    };
    const path = before === undefined ? MESSAGES : `${MESSAGES}?before=${before}`;
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/messages',
      { ...gate.page(ctx, session), path, ...status },
      {
        ...messagesView(registry, ctx.state.locale, found, unread, before === undefined),
        work: before === undefined ? await listWork(session.accountId) : [],
      },
    );
  });

  router.get('/:id', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const opened = await openMessage(db, session.accountId, numberOf(ctx.params['id']) ?? 0);
    if (!opened) throw new Fault('not_found');
    // the badge counted before the message was read
    const reader = opened.wasUnread ? await gate.session(ctx) : session;
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/message',
      gate.page(ctx, reader ?? session),
      messageView(registry, ctx.state.locale, opened.message),
    );
  });

  // what arrived after the page was drawn stays unread
  router.post('/read', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const newest = numberOf((await readForm(ctx)).get('newest'));
    if (newest === undefined) throw new Fault('bad_request');
    await markRead(db, session.accountId, 0, newest);
    seeOther(ctx, `${MESSAGES}?done=read`);
  });
  return router;
}

/** A message's number as addresses and forms carry it. */
function numberOf(text: string | null | undefined): number | undefined {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : undefined;
}
