import { errors as jose } from 'jose';
import type { Middleware } from 'koa';
import * as oidc from 'openid-client';

/** Where the single entry asks about accounts of this system's own. */
export const VERIFICATION = '/subsystem-accounts/verification';
/** Called by the single entry's server: no cookie to abuse, a signed token instead. */
const SERVER_CALLS = ['/backchannel-logout', VERIFICATION];

/**
 * What every answer carries and every form must prove: a strict Content-Security-Policy with nothing but the
 * shared style sheet, and an `Origin` of our own on each POST but those of servers.
 */
export function guard(origin: string, issuer: string): Middleware {
  const policy = [
    "default-src 'none'",
    `style-src ${issuer}`,
    `font-src ${issuer}`,
    `img-src ${issuer}`,
    `form-action 'self' ${issuer}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return async (ctx, next) => {
    ctx.set('Content-Security-Policy', policy.join('; '));
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'same-origin');
    ctx.set('Cache-Control', 'no-store');
    const isForm = ctx.method === 'POST' && !SERVER_CALLS.includes(ctx.path);
    if (isForm && ctx.get('origin') !== origin) ctx.throw(403);
    await next();
  };
}

/** Whether the single entry, or what the browser brought from it, was refused: no fault of this program. */
export function isProtocolRefusal(error: unknown): boolean {
  return (
    error instanceof oidc.ClientError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof jose.JOSEError
  );
}
