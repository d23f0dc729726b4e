import type { ServerResponse } from 'node:http';
import type { Middleware } from './context.ts';

/**
 * Headers of every page and answer. `formTargets` are the further origins a form's redirect chain may reach:
 * Chromium applies `form-action` to all of it.
 */
export function setSecurityHeaders(res: ServerResponse, secure: boolean, formTargets: string[] = []): void {
  const csp = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  res.setHeader('Content-Security-Policy', csp.join('; '));
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  // not no-referrer: that would turn a form's Origin into "null" and defeat the same-origin check
  res.setHeader('Referrer-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()');
  if (secure) res.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
}

/** Sets the headers before the page is made and again after, when it has named its form targets. */
export function securityHeaders(secure: boolean): Middleware {
  return async (ctx, next) => {
    ctx.state.formTargets = [];
    setSecurityHeaders(ctx.res, secure);
    await next();
    if (ctx.state.formTargets.length > 0) setSecurityHeaders(ctx.res, secure, ctx.state.formTargets);
  };
}
