import { Fault } from '#kit/errors.ts';
import { readBody } from '#kit/http/form.ts';
import { renderProtocolError } from './pages.ts';
import type { OidcContext, OidcDeps } from './types.ts';

const ENDPOINTS = new Set(['/oidc/auth', '/oidc/logout']);
/** What fits into the line of a request through every proxy. */
const LONGEST_BYTES = 8000;

/**
 * The authorization and logout endpoints take POST as well (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).
 * Our cookies are `SameSite=Lax`, so a form of another site comes without them: it is sent on by 303 to the same
 * request as GET, which brings them. Nothing is done by the POST itself.
 * @returns whether the request was one and has been answered
 */
export async function turnToGet(deps: OidcDeps, ctx: OidcContext): Promise<boolean> {
  if (ctx.method !== 'POST' || !ENDPOINTS.has(ctx.path)) return false;
  if (!ctx.is('application/x-www-form-urlencoded')) return false;
  try {
    const form = new URLSearchParams(await readBody(ctx, LONGEST_BYTES));
    ctx.status = 303;
    ctx.set('Location', `${ctx.path}?${form.toString()}`);
    ctx.body = '';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    ctx.status = 413;
    const out = { error: 'invalid_request', error_description: 'the request is too long' };
    renderProtocolError(deps, ctx, out, error);
  }
  return true;
}
