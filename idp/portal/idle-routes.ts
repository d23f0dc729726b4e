import Router from '@koa/router';
import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Config } from '../config.ts';
import { callerOf } from '../audit/index.ts';
import { signOut } from '../sessions/index.ts';
import { type Gate, isOwnPath } from './gate.ts';
import { ACTIVITY, IDLE_SIGN_OUT, KEPT_PAGE } from './idle.ts';
import { keepPage, takePage } from './kept-page.ts';

export interface IdleRouteDeps {
  config: Config;
  db: Db;
  keyring: Keyring;
  clock: Clock;
  gate: Gate;
}

const UNAUTHORIZED = 401;
const NO_CONTENT = 204;
/** Asks the page to fetch what was typed on it. */
const BACK = 'kept';

/** What a page of the portal tells while somebody works or when nobody does any more. */
export function idleRoutes(deps: IdleRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  const { gate } = deps;

  router.post(ACTIVITY, async (ctx) => {
    ctx.status = (await gate.session(ctx)) ? NO_CONTENT : UNAUTHORIZED;
  });

  // nobody is here: what was typed waits, sealed, for the same person
  router.post(IDLE_SIGN_OUT, async (ctx) => {
    const form = await readForm(ctx);
    const session = await gate.session(ctx);
    const page = isOwnPath(form.get('page')) ? form.get('page') : '/';
    if (session) {
      await keepPage(deps, session.accountId, page, form.get('typed'));
      await signOut(deps, ctx, session, callerOf(ctx, deps.config.trustedProxyHops));
    }
    const back = new URL(page, deps.config.issuer);
    back.searchParams.set(BACK, 'yes');
    const query = new URLSearchParams({ idle: 'yes', return_to: back.pathname + back.search });
    seeOther(ctx, `/signed-out?${query.toString()}`);
  });

  router.post(KEPT_PAGE, async (ctx) => {
    const session = await gate.session(ctx);
    const kept = session && (await takePage(deps, session.accountId));
    ctx.set('Cache-Control', 'no-store');
    if (kept) ctx.body = kept;
    else ctx.status = session ? NO_CONTENT : UNAUTHORIZED;
  });
  return router;
}
