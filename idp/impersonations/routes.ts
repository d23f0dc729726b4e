import Router from '@koa/router';
import { cookieName, setCookie } from '#kit/http/cookies.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { beginImpersonation } from './service/begin.ts';
import { endAllOf } from './service/end.ts';
import { entryOrigins } from './rights.ts';
import type { ImpersonationDeps } from './types.ts';
import { ENTRANCE, PERSONS_PLACE } from './words.ts';

export interface ImpersonationRouteDeps extends ImpersonationDeps {
  renderer: Renderer;
  config: {
    issuer: string;
    secure: boolean;
    trustedProxyHops: number;
    lifetimes: { sessionIdleSeconds: number };
  };
  gate: {
    session(ctx: Context): Promise<BrowserSession | undefined>;
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

/**
 * Where an operator's one-time code is entered, and where the person ends what runs on their accounts. The code is
 * sent in a form, never in an address, and only in a browser that has no session here: the operator's own is neither
 * used nor replaced, and what subsystems remember of it stays apart too.
 */
export function impersonationRoutes(deps: ImpersonationRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>();
  const { config, gate, renderer } = deps;
  const session = cookieName('idp', 'session', config.secure);

  const isSignedIn = async (ctx: Context) => (await gate.session(ctx)) !== undefined;
  const show = (ctx: Context, isTaken: boolean, error?: string): void => {
    if (error !== undefined) ctx.status = isTaken ? 409 : 422;
    ctx.state.formTargets = entryOrigins(deps.registry);
    ctx.type = 'html';
    ctx.body = renderer.page('idp/impersonation', gate.page(ctx, undefined), {
      ...{ action: ENTRANCE, homeUrl: '/', isTaken },
      errors: error === undefined || isTaken ? [] : [{ field: 'code', key: error }],
    });
  };

  router.get(ENTRANCE, async (ctx) => show(ctx, await isSignedIn(ctx)));
  router.post(ENTRANCE, async (ctx) => {
    const code = (await readForm(ctx)).get('code').trim();
    if (await isSignedIn(ctx)) return show(ctx, true, 'taken');
    const begun = await beginImpersonation(deps, code, callerOf(ctx, config.trustedProxyHops));
    if (!begun.begun) return show(ctx, false, `console-impersonations.refused-${begun.reason}`);
    setCookie(ctx, session, begun.cookie, { secure: config.secure, signed: true });
    seeOther(ctx, begun.url);
  });

  router.post(`${PERSONS_PLACE}/impersonation/removal`, async (ctx) => {
    const person = await gate.requireSession(ctx);
    if (!person) return;
    await endAllOf(deps, person.accountId, callerOf(ctx, config.trustedProxyHops));
    seeOther(ctx, `${PERSONS_PLACE}?done=impersonation-ended`);
  });
  return router;
}
