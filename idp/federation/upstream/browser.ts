import type { Context } from '#kit/http/context.ts';
import { cookieName, setCookie } from '#kit/http/cookies.ts';
import { randomToken } from '#kit/random.ts';

const SHAPE = /^[\w-]{43}$/;

const nameOf = (secure: boolean): string => cookieName('idp', 'upstream', secure);

/** The secret that ties journeys to this browser, if it has one. It opens nothing by itself. */
export function readBrowser(ctx: Context, { secure }: { secure: boolean }): string | undefined {
  const value = ctx.cookies.get(nameOf(secure));
  return value !== undefined && SHAPE.test(value) ? value : undefined;
}

/** The same, given to the browser now where it has none; several tabs share it. */
export function giveBrowser(ctx: Context, config: { secure: boolean }): string {
  const before = readBrowser(ctx, config);
  if (before !== undefined) return before;
  const value = randomToken(32);
  setCookie(ctx, nameOf(config.secure), value, { secure: config.secure });
  return value;
}
