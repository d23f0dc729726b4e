import { z } from 'zod';
import { SIGNING_ALGORITHMS, protocolOptions } from './protocol-options.ts';

export const code = z.string().regex(/^[a-z][a-z0-9_-]{1,39}$/);
/** The portal's own client, which no manifest declares. */
export const PORTAL_CLIENT = 'portal';
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
export const CIBA = 'urn:openid:params:grant-type:ciba';
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** https everywhere; plain http only towards this very machine, for the demo. No wildcard, no fragment. */
export const webUri = z.url({ protocol: /^https?$/ }).refine((value) => {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const bare = url.hash === '' && url.username === '' && url.password === '' && !value.includes('*');
  return (url.protocol === 'https:' || loopback) && bare;
}, 'bad_address');

/** A client keeps its private key and shares none. */
const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']) })
  .refine((key) => !['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].some((part) => part in key), 'private_key');

/** Never the portal's, and never what could be a person's `sub`: a token's subject tells one from the other. */
const clientId = code.refine((id) => id !== PORTAL_CLIENT && !z.guid().safeParse(id).success, 'reserved');

/** The metadata that says until when a client's chain of trust holds: ours to write. */
export const CHAIN_ENDS_AT = 'chain_ends_at';

/** Of a client that comes by its chain of trust: the mark it has to carry, and whose marks count. */
const federation = z.strictObject({ trustMark: z.url(), issuers: z.array(webUri).min(1).max(10) });

/** What a subsystem declares about its client: metadata of OpenID Connect Dynamic Client Registration. */
export const clientSchema = z.strictObject({
  /** With `federation` its entity identifier. */
  client_id: z.union([clientId, webUri]),
  /** It comes by its chain of trust, which gives its keys; all else here is the most that it may be. */
  federation: federation.optional(),
  redirect_uris: z.array(webUri).min(1).max(20),
  post_logout_redirect_uris: z.array(webUri).max(20).default([]),
  backchannel_logout_uri: webUri.optional(),
  initiate_login_uri: webUri.optional(),
  token_endpoint_auth_method: z.enum([
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'none',
  ]),
  jwks_uri: webUri.optional(),
  jwks: z.strictObject({ keys: z.array(publicKey).min(1) }).optional(),
  grant_types: z
    .array(
      z.enum([
        'authorization_code',
        'refresh_token',
        'client_credentials',
        DEVICE_CODE,
        CIBA,
        TOKEN_EXCHANGE,
      ]),
    )
    .min(1),
  /** CIBA: how the client learns that the person has answered. */
  backchannel_token_delivery_mode: z.enum(['poll', 'ping']).optional(),
  backchannel_client_notification_endpoint: webUri.optional(),
  /** CIBA: requests only as signed request objects. */
  backchannel_authentication_request_signing_alg: z.enum(SIGNING_ALGORITHMS).optional(),
  require_pushed_authorization_requests: z.boolean().default(false),
  dpop_bound_access_tokens: z.boolean().default(false),
  id_token_signed_response_alg: z.enum(SIGNING_ALGORITHMS).default('ES256'),
  /** `pairwise`: subjects of its own, that no other sector sees; for good. */
  subject_type: z.enum(['public', 'pairwise']).optional(),
  sector_identifier_uri: webUri.optional(),
  scope: z
    .string()
    .regex(/^[\w:./-]+( [\w:./-]+)*$/)
    .default('openid profile subsystem_account'),
  ...protocolOptions,
});

export type ClientManifest = z.infer<typeof clientSchema>;
