import { z } from 'zod';
import { type TrustMark, jwksSchema } from '../trust-chain/index.ts';
import { type Manifest, clientMetadata as manifestMetadata } from '../../subsystems/index.ts';
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
  scope: z.string().max(1000).default('openid'),
  /** By value: what signs for it is what its superiors let through. */
  jwks: jwksSchema,
});

/** The first policy whose mark it carries from an issuer of ours, and until when that mark is good. */
export function policyFor<T extends Pick<ClientPolicy, 'trustMark' | 'issuers'>>(
  policies: readonly T[],
  marks: readonly TrustMark[],
): { policy: T; markEndsAt: Date | undefined } | undefined {
  for (const policy of policies) {
    const mark = marks.find(
      ({ type, issuer }) => type === policy.trustMark && policy.issuers.includes(issuer),
    );
    if (mark) return { policy, markEndsAt: mark.expiresAt };
  }
  return undefined;
}

const refuse = (why: string, about?: string): never => {
  throw new RegistrationRefused('invalid_metadata', why, undefined, about);
};

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
  const metadata = readMetadata(said, way);
  const scopes = checkedScopes(metadata.scope, policy.scopes);
  refuseMore('grant_types', metadata.grant_types, policy.grantTypes);
  const called = metadata.backchannel_logout_uri === undefined ? [] : [metadata.backchannel_logout_uri];
  const addresses = [...metadata.redirect_uris, ...(metadata.post_logout_redirect_uris ?? []), ...called];
  if (!addresses.every((each) => isExact(each, isLoopback))) refuse('an address is not exact https');
  return { ...metadata, scope: scopes.join(' '), subject_type: 'public', first_party: false };
}

/**
 * The same for the client of a subsystem: its manifest is the most that it may be, and says what the chain does not.
 * @throws RegistrationRefused invalid_metadata
 */
export function declaredMetadata(said: unknown, manifest: Manifest, way: Way): Record<string, unknown> {
  const { client } = manifest;
  const metadata = readMetadata(said, way);
  const scopes = checkedScopes(metadata.scope, client.scope.split(' '));
  refuseMore('grant_types', metadata.grant_types, client.grant_types);
  refuseMore('redirect_uris', metadata.redirect_uris, client.redirect_uris);
  const { post_logout_redirect_uris: after = [], backchannel_logout_uri: called } = metadata;
  refuseMore('post_logout_redirect_uris', after, client.post_logout_redirect_uris);
  if (called !== client.backchannel_logout_uri)
    refuse('backchannel_logout_uri is not as declared', 'backchannel_logout_uri');
  return {
    ...manifestMetadata(manifest),
    ...{ scope: scopes.join(' '), grant_types: metadata.grant_types, jwks: metadata.jwks },
    ...{ redirect_uris: metadata.redirect_uris, post_logout_redirect_uris: after },
  };
}

function readMetadata(said: unknown, way: Way) {
  const parsed = relyingParty.safeParse(said);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path[0];
    return refuse(
      `${place === undefined ? 'openid_relying_party' : String(place)} is missing or not allowed`,
    );
  }
  const { client_registration_types: types, ...metadata } = parsed.data;
  if (!types.includes(way)) refuse('client_registration_types is missing or not allowed');
  return metadata;
}

function checkedScopes(scope: string, allowed: readonly string[]): string[] {
  const scopes = scope.split(' ').filter((each) => each !== '');
  if (!scopes.includes('openid')) refuse('scope must have openid');
  refuseMore('scope', scopes, allowed);
  return scopes;
}

function refuseMore(name: string, asked: readonly string[], allowed: readonly string[]): void {
  if (!asked.every((each) => allowed.includes(each)))
    refuse(`${name} is more than this client may ask for`, name);
}

function isExact(text: string, isLoopback: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isSecure =
    protocol === 'https:' || (isLoopback && protocol === 'http:' && LOOPBACK.includes(hostname));
  return isSecure && username === '' && password === '' && !/[*#\\]/.test(text);
}
