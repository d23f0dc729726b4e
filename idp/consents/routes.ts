import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { withdrawConsent } from './service.ts';
import { listConsents } from './store.ts';
import { CONSENTS, consentsView } from './view.ts';

export interface ConsentRouteDeps {
  db: Db;
  registry: ClientRegistry;
  renderer: Renderer;
  config: { trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

/** The systems of others one has allowed something, and taking it back. */
export function consentRoutes(deps: ConsentRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: CONSENTS });
  const { db, registry, renderer, gate } = deps;

  router.get('/', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const isDone = new URLSearchParams(ctx.querystring).get('done') === 'withdrawn';
    const status = isDone && { status: { kind: 'success' as const, key: 'consents.withdrawn' } };
    const page = { ...gate.page(ctx, session), path: ctx.path, ...status };
    const view = consentsView(registry, ctx.state.locale, await listConsents(db, session.accountId));
    ctx.type = 'html';
    ctx.body = renderer.page('idp/consents', page, view);
  });

  router.post('/:client/withdrawal', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const caller = callerOf(ctx, deps.config.trustedProxyHops);
    await withdrawConsent(db, session.accountId, ctx.params['client'] ?? '', caller);
    seeOther(ctx, `${CONSENTS}?done=withdrawn`);
  });
  return router;
}
