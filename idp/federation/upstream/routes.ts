import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { callerOf } from '../../audit/index.ts';
import { readBrowser, renewBrowser } from './browser.ts';
import type { UpstreamDeps } from './deps.ts';
import { arrive } from './service/arrive.ts';
import { openLogoutOffer, providerLogoutUrl } from './service/logout.ts';

export interface CallbackDeps extends UpstreamDeps {
  config: UpstreamDeps['config'] & { trustedProxyHops: number };
}

/** Where providers answer, each at an address of its own, and where somebody signed out goes on to one. */
export function upstreamCallbackRoutes(deps: CallbackDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/federation/upstream/:code' });
  router.get('/callback', async (ctx: Context & { params: Record<string, string> }) => {
    const arrived = await arrive(deps, {
      code: ctx.params['code'] ?? '',
      query: new URLSearchParams(ctx.querystring),
      browser: readBrowser(ctx, deps.config),
      renew: () => renewBrowser(ctx, deps.config),
      caller: callerOf(ctx, deps.config.trustedProxyHops),
    });
    // anyone can call without one, so it leaves no record behind
    if (!arrived) throw new Fault('interaction_expired');
    const { purpose, within } = arrived;
    seeOther(
      ctx,
      purpose === 'link'
        ? '/account/links/arrival'
        : `/interaction/${encodeURIComponent(within)}/upstream/arrival`,
    );
  });

  router.get('/end', async (ctx: Context & { params: Record<string, string> }) => {
    const offer = openLogoutOffer(deps, new URLSearchParams(ctx.querystring).get('offer') ?? '');
    const isIts = offer?.provider.code === ctx.params['code'];
    const url = offer && isIts ? await providerLogoutUrl(deps, offer) : undefined;
    seeOther(ctx, url ?? '/signed-out?institution=unavailable');
  });
  return router;
}
