import type { ServerResponse } from 'node:http';
import type { Middleware } from './context.ts';

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/**
 * Headers of every page and answer. Chromium applies `form-action` to the whole redirect chain behind a form:
 * a page whose form leads elsewhere names the further origins with `addFormTargets`.
 */
export function setSecurityHeaders(res: ServerResponse, secure: boolean): void {
  res.setHeader('Content-Security-Policy', CONTENT_POLICY);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  // not no-referrer: that would turn a form's Origin into "null" and defeat the same-origin check
  res.setHeader('Referrer-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()');
  if (secure) res.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
}

/** Adds origins that a form on this page may lead to, keeping what the header holds otherwise. */
export function addFormTargets(res: ServerResponse, origins: string[]): void {
  const csp = String(res.getHeader('Content-Security-Policy') ?? '');
  const added = csp.replace("form-action 'self'", ["form-action 'self'", ...new Set(origins)].join(' '));
  res.setHeader('Content-Security-Policy', added);
}

/** Adds origins that the scripts of this one page may reach. */
export function addConnectTargets(res: ServerResponse, origins: readonly string[]): void {
  const csp = String(res.getHeader('Content-Security-Policy') ?? '');
  const added = csp.replace("connect-src 'self'", ["connect-src 'self'", ...origins].join(' '));
  res.setHeader('Content-Security-Policy', added);
}

/** Lets this one page talk to a window that it opens. */
export function allowPopups(res: ServerResponse): void {
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin-allow-popups');
}

/** Sets the headers before the page is made; afterwards adds the form targets it has named. */
export function securityHeaders(secure: boolean): Middleware {
  return async (ctx, next) => {
    ctx.state.formTargets = [];
    setSecurityHeaders(ctx.res, secure);
    await next();
    if (ctx.state.formTargets.length > 0) addFormTargets(ctx.res, ctx.state.formTargets);
  };
}
