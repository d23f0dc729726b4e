import type { Context } from '#kit/http/context.ts';
import { cookieName, setCookie } from '#kit/http/cookies.ts';
import { digest, randomToken } from '#kit/random.ts';
import type { OidcDeps } from './types.ts';

/*
 * What is proven in an interaction counts in the browser it was proven in. With each proof that browser is told a new
 * secret: cookies from before, planted there or copied on a computer that many share, go no further with it.
 */
const nameOf = ({ config }: OidcDeps): string => cookieName('idp', 'proven', config.secure, '/interaction');

/** @returns the secret and its digest, for the interaction */
export function newHolder(): { secret: string; holder: string } {
  const secret = randomToken();
  return { secret, holder: digestOf(secret) };
}

/** Told once the interaction is written. */
export function tellHolder(deps: OidcDeps, ctx: Context, uid: string, secret: string): void {
  setCookie(ctx, nameOf(deps), secret, { secure: deps.config.secure, path: `/interaction/${uid}` });
}

/** Whether this is the browser; where nothing is proven yet, any is. */
export function isHolder(deps: OidcDeps, ctx: Context, holder: string | undefined): boolean {
  const secret = holder === undefined ? undefined : ctx.cookies.get(nameOf(deps));
  return holder === undefined || (secret !== undefined && digestOf(secret) === holder);
}

const digestOf = (secret: string): string => digest(secret).toString('hex');
