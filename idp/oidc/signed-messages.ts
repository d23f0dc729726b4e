import { decodeJwt } from 'jose';
import { type Client, type Configuration, errors } from 'oidc-provider';
import { CLOCK_TOLERANCE_SECONDS, isDatedAhead } from './clocks.ts';
import { isAllowedByProfile, profileOf } from './fapi.ts';
import { chainEnd } from './storage/federated-client.ts';
import { rememberOnce } from './storage/replay.ts';
import type { OidcDeps } from './types.ts';

type Features = NonNullable<Configuration['features']>;

/** FAPI 2.0 Message Signing §5.3.1: how long before now a request object may begin, and how long it may last. */
const LONGEST_SECONDS = 3600;
const TYPES: readonly unknown[] = [undefined, 'JWT', 'oauth-authz-req+jwt'];

/**
 * Signed requests (RFC 9101, by value alone: a `request_uri` is one that was pushed here), and signed and encrypted
 * answers: authorization responses (JARM), ID tokens, userinfo, introspection (RFC 9701). Each client has only what
 * its manifest asks for.
 */
export function signedMessages(deps: OidcDeps) {
  return {
    requestObjects: {
      enabled: true,
      assertJwtClaimsAndHeader: async (ctx, claims, header, client) => {
        assertRequestObject(deps, claims, header, client);
        if (header['alg'] !== NOT_SIGNED) await assertOnce(deps, claims, client);
        if (ctx.oidc.route === 'backchannel_authentication') assertBackchannelRequest(claims);
      },
    },
    jwtResponseModes: { enabled: true },
    jwtUserinfo: { enabled: true },
    jwtIntrospection: { enabled: true },
    encryption: { enabled: true },
  } satisfies Partial<Features>;
}

/** CIBA §7.1.1: what else a signed backchannel request says. @throws errors.InvalidRequestObject */
function assertBackchannelRequest(claims: Record<string, unknown>): void {
  const missing = ['iss', 'iat', 'nbf', 'jti'].find((name) => claims[name] === undefined);
  if (missing !== undefined) throw new errors.InvalidRequestObject(`${missing} is missing`);
}

/** OpenID Federation 1.0 §12.1.1.1: what proves who a client is does so once. @throws errors.InvalidRequestObject */
async function assertOnce(deps: OidcDeps, claims: Record<string, unknown>, client: Client): Promise<void> {
  if (!chainEnd(deps.registry.find(client.clientId))) return;
  const { jti, sub, aud } = claims;
  const refuse = (why: string): never => {
    throw new errors.InvalidRequestObject(why);
  };
  if (sub !== undefined) refuse('sub must not be there');
  if (aud !== deps.config.issuer) refuse('aud must be the issuer, and nothing else');
  if (typeof jti !== 'string' || jti === '') refuse('jti is missing');
  if (!(await rememberOnce(deps, `request ${client.clientId} ${String(jti)}`))) refuse('jti was used before');
}

/** Seen again unsigned when a pushed request is taken up: then what was pushed has been checked already. */
const NOT_SIGNED = 'none';

/** @throws errors.InvalidRequestObject */
function assertRequestObject(
  deps: OidcDeps,
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  client: Client,
): void {
  const refuse = (why: string): never => {
    throw new errors.InvalidRequestObject(why);
  };
  if (header['alg'] === NOT_SIGNED) return;
  if (!TYPES.includes(header['typ'])) refuse('typ must be oauth-authz-req+jwt');
  // RFC 9101 §10.8: what could be a client's assertion is no request
  if (claims['sub'] === client.clientId) refuse('sub must not be the client');
  if (!isAllowedByProfile(client, header['alg'])) refuse('alg is not allowed by the profile of this client');
  const { aud, iat, exp, nbf } = claims;
  if (aud === undefined) refuse('aud is missing');
  if (typeof exp !== 'number') return refuse('exp is missing');
  const now = Math.floor(deps.clock().getTime() / 1000);
  if (isDatedAhead(iat, now)) refuse('it is dated ahead');
  if (exp - now > LONGEST_SECONDS + CLOCK_TOLERANCE_SECONDS) refuse('exp is too far ahead');
  if (profileOf(client) === undefined) return;
  if (typeof nbf !== 'number') return refuse('nbf is missing');
  if (exp - nbf > LONGEST_SECONDS) refuse('exp is too far from nbf');
  if (now - nbf > LONGEST_SECONDS) refuse('nbf is too long ago');
}

/**
 * Whether a request object holds a value that no text can be made of. The library makes one of each before anything is
 * checked, and takes what is thrown then for a failure of ours.
 */
export function isUnreadable(request: unknown): boolean {
  if (typeof request !== 'string') return false;
  try {
    for (const value of Object.values(decodeJwt(request))) if (!Array.isArray(value)) String(value);
    return false;
  } catch {
    return true;
  }
}
