import type { Context } from '#kit/http/context.ts';
import { cookieName, setCookie } from '#kit/http/cookies.ts';
import { digest, randomToken } from '#kit/random.ts';

const SHAPE = /^[\w-]{43}$/;
/** Several tabs leave and come back; more than three at once do not. */
const MOST = 3;

/** Digests of the secrets that tie journeys to a browser, the newest first. They open nothing by themselves. */
export type BrowserDigests = readonly Buffer[];

const nameOf = (secure: boolean): string => cookieName('idp', 'upstream', secure);

function secretsOf(ctx: Context, { secure }: { secure: boolean }): string[] {
  const values = (ctx.cookies.get(nameOf(secure)) ?? '').split('.', MOST);
  return values.filter((value) => SHAPE.test(value));
}

export function readBrowser(ctx: Context, config: { secure: boolean }): BrowserDigests {
  return secretsOf(ctx, config).map((secret) => digest(secret));
}

/** The newest, given to the browser now where it has none. */
export function giveBrowser(ctx: Context, config: { secure: boolean }): Buffer {
  return readBrowser(ctx, config)[0] ?? renewBrowser(ctx, config);
}

/** One more, which nobody knew before: of whoever planted or copied the others none has it. */
export function renewBrowser(ctx: Context, config: { secure: boolean }): Buffer {
  const secret = randomToken(32);
  const values = [secret, ...secretsOf(ctx, config)].slice(0, MOST);
  setCookie(ctx, nameOf(config.secure), values.join('.'), { secure: config.secure });
  return digest(secret);
}
