import { type Client, type KoaContextWithOIDC, errors } from 'oidc-provider';
import { CLOCK_TOLERANCE_SECONDS, isDatedAhead } from './clocks.ts';
import { isAllowedByProfile } from './fapi.ts';
import type { OidcDeps } from './types.ts';

const ASSERTION_MAX_SECONDS = 300;
interface Assertion {
  claims: Record<string, unknown>;
  header: Record<string, unknown>;
  client: Client;
}

/**
 * One audience, exactly ours, and a short life from now, whatever date it bears: an assertion for us must be of
 * no use anywhere else, nor after we have forgotten that it was used.
 * @throws errors.InvalidClientAuth
 */
export function assertAssertion(
  deps: OidcDeps,
  ctx: KoaContextWithOIDC,
  { claims, header, client }: Assertion,
): void {
  const { aud, iat, exp } = claims;
  if (aud !== ctx.oidc.issuer) throw new errors.InvalidClientAuth('aud must be the issuer, and nothing else');
  if (!isAllowedByProfile(client, header['alg'])) throw new errors.InvalidClientAuth('alg is not allowed');
  const now = Math.floor(deps.clock().getTime() / 1000);
  if (isDatedAhead(iat, now)) throw new errors.InvalidClientAuth('the assertion is dated ahead');
  const from = typeof iat === 'number' ? Math.min(iat, now + CLOCK_TOLERANCE_SECONDS) : now;
  if (typeof exp !== 'number' || exp - from > ASSERTION_MAX_SECONDS) {
    throw new errors.InvalidClientAuth('the assertion lives too long');
  }
  // a restored database has forgotten which assertions were used
  const issuedAt = typeof iat === 'number' ? iat : exp - ASSERTION_MAX_SECONDS;
  if (deps.issuedAfter !== undefined && issuedAt * 1000 < deps.issuedAfter.getTime()) {
    throw new errors.InvalidClientAuth('the assertion was issued before the database was restored');
  }
}
