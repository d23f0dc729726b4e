import { cookieName, readCookie } from '#kit/http/cookies.ts';
import type { Context } from '#kit/http/context.ts';

const MAX_LENGTH = 128;

export interface BrowserCookie {
  read(ctx: Context): string | undefined;
  /** Without `maxAgeSeconds` the cookie lives as long as the browser's own session. */
  write(ctx: Context, value: string, maxAgeSeconds?: number): void;
  clear(ctx: Context): void;
}

/** A cookie that carries one opaque id: out of reach of scripts, and of requests other sites make. */
export function browserCookie(name: string, secure: boolean): BrowserCookie {
  const fullName = cookieName('mch', name, secure);
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(secure ? ['Secure'] : [])];
  const set = (ctx: Context, value: string, ...more: string[]) =>
    ctx.append('Set-Cookie', [`${fullName}=${value}`, ...attributes, ...more].join('; '));
  return {
    read(ctx) {
      const value = readCookie(ctx.req, fullName);
      return value && value.length <= MAX_LENGTH ? value : undefined;
    },
    write: (ctx, value, maxAgeSeconds) =>
      set(ctx, value, ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`])),
    clear: (ctx) => set(ctx, '', 'Max-Age=0'),
  };
}
