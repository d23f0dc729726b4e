import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { endOtherSessions, endOwnGrant, endOwnSession } from './own.ts';
import { listSignInEvents } from './store/history.ts';
import { listOwnSessions } from './store/own.ts';
import { listUnattended } from './store/unattended.ts';
import type { BrowserSession } from './types.ts';
import { SESSIONS, historyView, sessionsView } from './view.ts';

export interface SessionRouteDeps {
  db: Db;
  registry: ClientRegistry;
  renderer: Renderer;
  config: { trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

const PAGE_SIZE = 20;
const DEEDS = ['ended', 'others-ended', 'grant-ended', 'impersonation-ended'];

type Visit = Context & { params: Record<string, string> };

/** The browsers one is signed in with, how to end them, and what happened at one's sign-ins. */
export function sessionRoutes(deps: SessionRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: SESSIONS });
  const { db, registry, renderer, gate } = deps;
  const signedIn =
    (run: (ctx: Visit, session: BrowserSession) => Promise<void>) =>
    async (ctx: Visit): Promise<void> => {
      const session = await gate.requireSession(ctx);
      if (session) await run(ctx, session);
    };
  const caller = (ctx: Context) => callerOf(ctx, deps.config.trustedProxyHops);

  router.get(
    '/',
    signedIn(async (ctx, session) => {
      const done = new URLSearchParams(ctx.querystring).get('done') ?? '';
      const status = DEEDS.includes(done) && {
        status: { kind: 'success' as const, key: `sessions.${done}` },
      };
      const [sessions, grants] = await Promise.all([
        listOwnSessions(db, session.accountId),
        listUnattended(db, session.accountId),
      ]);
      const page = { ...gate.page(ctx, session), path: ctx.path, ...status };
      ctx.type = 'html';
      ctx.body = renderer.page(
        'idp/sessions',
        page,
        sessionsView(registry, ctx.state.locale, { sessions, grants }, session),
      );
    }),
  );

  router.get(
    '/history',
    signedIn(async (ctx, session) => {
      const before = positionIn(new URLSearchParams(ctx.querystring).get('before') ?? '');
      const events = await listSignInEvents(db, session.accountId, before, PAGE_SIZE + 1);
      const paging = { size: PAGE_SIZE, isFirst: before === undefined };
      const view = historyView(registry, ctx.state.locale, events, paging);
      ctx.type = 'html';
      ctx.body = renderer.page('idp/sign-in-history', gate.page(ctx, session), view);
    }),
  );

  router.post(
    '/others/removal',
    signedIn(async (ctx, session) => {
      await endOtherSessions(deps, session, caller(ctx));
      seeOther(ctx, `${SESSIONS}?done=others-ended`);
    }),
  );

  router.post(
    '/grants/:ref/removal',
    signedIn(async (ctx, session) => {
      await endOwnGrant(deps, session, ctx.params['ref'] ?? '', caller(ctx));
      seeOther(ctx, `${SESSIONS}?done=grant-ended`);
    }),
  );

  router.post(
    '/:uid/removal',
    signedIn(async (ctx, session) => {
      await endOwnSession(deps, session, ctx.params['uid'] ?? '', caller(ctx));
      seeOther(ctx, `${SESSIONS}?done=ended`);
    }),
  );
  return router;
}

/** A place in the history; undefined for anything that is none. */
function positionIn(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
