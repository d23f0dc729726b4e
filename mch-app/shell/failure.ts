import type { Failure } from '#kit/http/boundary.ts';
import type { Context } from '#kit/http/context.ts';
import type { ShowPage } from './page.ts';

const SIGN_IN_AGAIN = ['interaction_expired', 'sign_in_failed', 'access_denied'];
/** Forms that end at the single entry: only their own page may lead there, and nothing is typed in them. */
const LEADS_OUT = ['/account-switch', '/sign-in', '/sign-out'];
const TRY_AGAIN = ['identity_provider_unavailable', 'service_busy', 'service_unavailable'];

/** Every failure as a page that says what happened and offers a way on. */
export function showFailure(show: ShowPage) {
  return async (ctx: Context, { again, ...failure }: Failure): Promise<void> => {
    show(ctx, 'mch-app/error', {
      ...failure,
      ...(again && !LEADS_OUT.includes(ctx.path) && { again }),
      requestId: ctx.state.requestId,
      wayOn: wayOn(ctx, failure.code),
    });
  };
}

function wayOn(ctx: Context, code: string): { url: string; key: string } {
  if (SIGN_IN_AGAIN.includes(code)) return { url: '/sign-in', key: 'fault.way-sign-in' };
  if (TRY_AGAIN.includes(code) && ctx.method === 'GET') {
    return { url: ctx.originalUrl, key: 'fault.way-again' };
  }
  if (code === 'too_many_rows') return { url: listOf(ctx), key: 'fault.way-list' };
  return { url: '/', key: 'fault.way-home' };
}

/** The list a file was asked of, narrowed as it was. */
function listOf(ctx: Context): string {
  const query = new URLSearchParams(ctx.querystring);
  query.delete('format');
  const path = ctx.path.replace(/\/export$/, '');
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
