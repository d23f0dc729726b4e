import type { IncomingMessage } from 'node:http';
import type { Context } from './context.ts';

/**
 * The name a cookie goes by. Over TLS the browser itself then guards it: `__Host-` for the whole host,
 * `__Secure-` for a narrower path. Over plain http (the loopback demo) cookies ignore ports, so `app` keeps
 * the applications of one host apart.
 */
export function cookieName(app: string, name: string, secure: boolean, path = '/'): string {
  if (!secure) return `${app}_${name}`;
  return `${path === '/' ? '__Host-' : '__Secure-'}${app}_${name}`;
}

/** One cookie's raw value, or undefined. */
export function readCookie(req: IncomingMessage, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Sets a cookie that scripts cannot read, or with null removes it; gone when the browser closes. */
export function setCookie(
  ctx: Context,
  name: string,
  value: string | null,
  attributes: { secure: boolean; path?: string; sameSite?: 'lax' | 'strict'; signed?: boolean },
): void {
  const { secure, path = '/', sameSite = 'lax', signed = false } = attributes;
  ctx.cookies.secure = secure; // behind a proxy the socket does not know
  ctx.cookies.set(name, value, { httpOnly: true, secure, path, sameSite, signed });
}
