import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import { readForm } from '#kit/http/form.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import type { Renderer } from '#templates/engine.ts';
import type { FieldError, PageContext } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import { type SignInRequestDeps, accountsFor, approve } from './service.ts';
import type { SignInRequest } from './types.ts';
import { listView, requestView, stepUpUrl } from './view.ts';
import { REQUESTS, requestUrl } from './words.ts';

export interface SignInRequestRouteDeps extends SignInRequestDeps {
  renderer: Renderer;
  config: { trustedProxyHops: number };
  gate: {
    requireSession(ctx: Context): Promise<BrowserSession | undefined>;
    page(ctx: Context, session: BrowserSession | undefined): PageContext;
  };
}

type Visit = Context & { params: Record<string, string> };

/** The requests that wait for the person, and one of them to approve or refuse. */
export function signInRequestRoutes(deps: SignInRequestRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: REQUESTS });
  const { renderer, gate, port } = deps;

  const requested = async (
    ctx: Visit,
    run: (session: BrowserSession, request: SignInRequest) => Promise<void>,
  ): Promise<void> => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const request = await port.find(session.accountId, ctx.params['handle'] ?? '');
    if (!request) throw new Fault('not_found');
    await run(session, request);
  };

  router.get('/', async (ctx) => {
    const session = await gate.requireSession(ctx);
    if (!session) return;
    const view = listView(ctx.state.locale, await port.list(session.accountId));
    ctx.type = 'html';
    ctx.body = renderer.page('idp/sign-in-requests', gate.page(ctx, session), view);
  });

  router.get('/:handle', (ctx) =>
    requested(ctx, (session, request) => {
      const account = new URLSearchParams(ctx.querystring).get('account') ?? '';
      return show(deps, ctx, session, request, { account, errors: [] });
    }),
  );

  router.post('/:handle/approval', (ctx) =>
    requested(ctx, async (session, request) => {
      const account = (await readForm(ctx)).get('account') ?? '';
      const chosen = account === '' ? undefined : account;
      const outcome = await approve(
        deps,
        session,
        request,
        chosen,
        callerOf(ctx, deps.config.trustedProxyHops),
      );
      if (typeof outcome === 'object' && outcome.reason === 'step_up') {
        seeOther(ctx, stepUpUrl(outcome.stepUp, request, deps.clock(), account));
        return;
      }
      const isOver = outcome === 'done' || outcome === 'gone';
      if (isOver || (typeof outcome === 'object' && outcome.reason === 'ended')) {
        seeOther(ctx, requestUrl(request.handle));
        return;
      }
      ctx.status = 422;
      const key = chosen === undefined ? 'account-required' : 'account-gone';
      const errors = [{ field: 'account', key: `sign-in-requests.${key}` }];
      await show(deps, ctx, session, request, { account, errors });
    }),
  );

  router.post('/:handle/refusal', (ctx) =>
    requested(ctx, async ({ accountId }, { handle }) => {
      await port.deny({ accountId, handle, caller: callerOf(ctx, deps.config.trustedProxyHops) });
      seeOther(ctx, requestUrl(handle));
    }),
  );
  return router;
}

async function show(
  deps: SignInRequestRouteDeps,
  ctx: Context,
  session: BrowserSession,
  request: SignInRequest,
  typed: { account: string; errors: FieldError[] },
): Promise<void> {
  const { locale } = ctx.state;
  const page = { ...deps.gate.page(ctx, session), path: requestUrl(request.handle) };
  ctx.type = 'html';
  if (request.state !== 'waiting') {
    const view = {
      kind: request.state,
      clientName: request.clientName[locale],
      listUrl: REQUESTS,
      homeUrl: '/',
    };
    ctx.body = deps.renderer.page('idp/sign-in-request-outcome', page, view);
    return;
  }
  const accounts = await accountsFor(deps, session.accountId, request);
  const asked = { request, accounts, session, now: deps.clock() };
  ctx.body = deps.renderer.page(
    'idp/sign-in-request',
    page,
    requestView(deps.registry, locale, asked, typed),
  );
}
