import { decodeJwt } from 'jose';
import { type Client, type Configuration, errors } from 'oidc-provider';
import { FAPI_ALGORITHMS } from '../subsystems/index.ts';
import { isDatedAhead } from './clocks.ts';
import type { OidcContext, OidcDeps } from './types.ts';

/*
 * FAPI 2.0 for the clients whose manifest names a profile. What the manifest can say is checked there
 * (`subsystems/profiles.ts`); the library knows PKCE, the assertion's audience and the request object's span; the
 * rest, which only a request shows, is here.
 */

const INTROSPECTION = '/oidc/introspection';

export const FAPI: NonNullable<NonNullable<Configuration['features']>['fapi']> = {
  enabled: true,
  profile: (_ctx, client) => (profileOf(client) ? '2.0' : undefined),
};

export function profileOf(client: Client | undefined): string | undefined {
  const profile = client?.['profile'];
  return typeof profile === 'string' ? profile : undefined;
}

/** Security Profile §5.4.1: whether the client's profile, if it has one, lets it sign with this algorithm. */
export function isAllowedByProfile(client: Client, alg: unknown): boolean {
  return profileOf(client) === undefined || FAPI_ALGORITHMS.includes(String(alg));
}

/**
 * Security Profile §5.3.2.1: a DPoP proof from further ahead than a clock may be wrong is refused like every other JWT,
 * also with a nonce. The library asks this of each proof before it looks at it.
 * @returns false: proofs need no nonce of ours while they are fresh
 * @throws errors.InvalidDpopProof
 */
export function refuseProofAhead({ clock }: Pick<OidcDeps, 'clock'>, ctx: OidcContext): boolean {
  if (profileOf(ctx.oidc.client) === undefined) return false;
  const now = Math.floor(clock().getTime() / 1000);
  const { iat, nbf } = claimsOf(ctx.get('dpop'));
  if (isDatedAhead(iat, now) || isDatedAhead(nbf, now)) {
    throw new errors.InvalidDpopProof('the DPoP proof is dated ahead');
  }
  return false;
}

function claimsOf(proof: string): Record<string, unknown> {
  try {
    return decodeJwt(proof);
  } catch {
    return {}; // not a JWT, which the library says next
  }
}

/** Message Signing §5.5: introspection is answered with a signature or not at all. */
export async function keepToProfile(ctx: OidcContext, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.path !== INTROSPECTION || ctx.status !== 200) return;
  if (profileOf(ctx.oidc.client) !== 'fapi2-message-signing') return;
  if (!ctx.type.endsWith('jwt')) {
    throw new errors.InvalidRequest('this client must accept application/token-introspection+jwt');
  }
}
