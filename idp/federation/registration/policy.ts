import { z } from 'zod';
import { type TrustMark, jwksSchema } from '../trust-chain/index.ts';
import { RegistrationRefused } from './refusal.ts';
import type { FederationSettings } from './settings.ts';

export type ClientPolicy = FederationSettings['policies'][number];
/** OpenID Federation 1.0 §12: at its first request, or by one of its own. */
export type Way = 'automatic' | 'explicit';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const address = z.string().max(2000);
const alg = z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']);

/** What of a relying party's metadata counts here; the rest it may have for others. */
const relyingParty = z.object({
  redirect_uris: z.array(address).min(1).max(20),
  post_logout_redirect_uris: z.array(address).max(20).optional(),
  backchannel_logout_uri: address.optional(),
  client_name: z
    .string()
    .min(1)
    .max(100)
    .refine((name) => !/\p{C}/u.test(name))
    .optional(),
  client_registration_types: z.array(z.string().max(50)).max(10),
  token_endpoint_auth_method: z.literal('private_key_jwt'),
  token_endpoint_auth_signing_alg: alg.optional(),
  request_object_signing_alg: alg.optional(),
  id_token_signed_response_alg: z.enum(['ES256', 'RS256']).optional(),
  response_types: z.tuple([z.literal('code')]).default(['code']),
  grant_types: z.array(z.string()).min(1).default(['authorization_code']),
  scope: z.string().max(300).default('openid'),
  /** By value: what signs for it is what its superiors let through. */
  jwks: jwksSchema,
});

/** The first policy whose mark it carries from an issuer of ours, and until when that mark is good. */
export function policyFor(
  policies: readonly ClientPolicy[],
  marks: readonly TrustMark[],
): { policy: ClientPolicy; markEndsAt: Date | undefined } | undefined {
  for (const policy of policies) {
    const mark = marks.find(
      ({ type, issuer }) => type === policy.trustMark && policy.issuers.includes(issuer),
    );
    if (mark) return { policy, markEndsAt: mark.expiresAt };
  }
  return undefined;
}

/**
 * The metadata a client is registered with: what its chain resolves to, if that is no more than its policy allows.
 * @throws RegistrationRefused invalid_metadata
 */
export function clientMetadata(
  said: unknown,
  policy: ClientPolicy,
  isLoopback: boolean,
  way: Way,
): Record<string, unknown> {
  const refuse = (why: string): never => {
    throw new RegistrationRefused('invalid_metadata', why);
  };
  const parsed = relyingParty.safeParse(said);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path[0];
    return refuse(
      `${place === undefined ? 'openid_relying_party' : String(place)} is missing or not allowed`,
    );
  }
  const { client_registration_types: types, ...metadata } = parsed.data;
  if (!types.includes(way)) refuse('client_registration_types is missing or not allowed');
  const scopes = metadata.scope.split(' ').filter((scope) => scope !== '');
  if (!scopes.includes('openid')) refuse('scope must have openid');
  if (!scopes.every((scope) => policy.scopes.some((allowed) => allowed === scope)))
    refuse('scope is more than this client may ask for');
  if (!metadata.grant_types.every((grant) => policy.grantTypes.some((allowed) => allowed === grant)))
    refuse('grant_types is more than this client may ask for');
  const called = metadata.backchannel_logout_uri === undefined ? [] : [metadata.backchannel_logout_uri];
  const addresses = [...metadata.redirect_uris, ...(metadata.post_logout_redirect_uris ?? []), ...called];
  if (!addresses.every((each) => isExact(each, isLoopback))) refuse('an address is not exact https');
  return { ...metadata, scope: scopes.join(' '), subject_type: 'public', first_party: false };
}

function isExact(text: string, isLoopback: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isSecure =
    protocol === 'https:' || (isLoopback && protocol === 'http:' && LOOPBACK.includes(hostname));
  return isSecure && username === '' && password === '' && !/[*#\\]/.test(text);
}
