import { errors as jose } from 'jose';
import type { Middleware } from 'koa';
import * as oidc from 'openid-client';

/**
 * What every answer carries and every form must prove: a strict Content-Security-Policy with nothing but the
 * shared style sheet, and an `Origin` of our own on each POST. The back-channel call comes from a server, has
 * no cookie to abuse and brings a signed token instead.
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
    const isForm = ctx.method === 'POST' && ctx.path !== '/backchannel-logout';
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
