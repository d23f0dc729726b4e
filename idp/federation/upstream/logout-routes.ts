import Router from '@koa/router';
import { Fault } from '#kit/errors.ts';
import type { Context, RequestState } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { callerOf } from '../../audit/index.ts';
import type { CallbackDeps } from './routes.ts';
import { endByProvider } from './service/end-by-provider.ts';

const ANSWERS = {
  ended: { status: 200, body: {} },
  refused: { status: 400, body: { error: 'invalid_request' } },
  unavailable: { status: 503, body: { error: 'temporarily_unavailable' } },
} as const;

/**
 * Where providers tell what is over (OpenID Connect Back-Channel Logout 1.0 §2.5–2.8), each at an address of its own.
 * They are servers and send no Origin.
 */
export function upstreamLogoutRoutes(deps: CallbackDeps): Router<RequestState> {
  const router = new Router<RequestState>({ prefix: '/federation/upstream/:code' });
  // anyone can post a bad token, so it leaves no record behind
  router.post('/backchannel-logout', async (ctx: Context & { params: Record<string, string> }) => {
    const caller = callerOf(ctx, deps.config.trustedProxyHops);
    const token = await postedToken(ctx);
    const { status, body } = ANSWERS[await endByProvider(deps, ctx.params['code'] ?? '', token, caller)];
    ctx.status = status;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = body;
  });
  return router;
}

/** '' (which verifies as nothing) when the body is no form with exactly one. */
async function postedToken(ctx: Context): Promise<string> {
  try {
    return (await readForm(ctx)).get('logout_token');
  } catch (error) {
    if (error instanceof Fault) return '';
    throw error;
  }
}
