import { CIBA, type ClientManifest, DEVICE_CODE } from './client-manifest.ts';
import { type ManifestFault, fault } from './manifest-faults.ts';

/** FAPI 2.0 Security Profile §5.4.1: RS256 is not among them. */
export const FAPI_ALGORITHMS: readonly string[] = ['ES256', 'PS256', 'EdDSA'];
const METHODS: readonly string[] = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];
const RSA_LEAST_BYTES = 256;
const SIGNED_MODES: readonly string[] = ['jwt', 'query.jwt', 'form_post.jwt'];

/** One thing a profile asks: where, by which section, what it allows, and whether it is kept. */
type Rule = [path: string, section: string, allows: string, keeps: (client: ClientManifest) => boolean];

const isFapi = (alg: string | undefined): boolean => alg === undefined || FAPI_ALGORITHMS.includes(alg);
const ALGORITHMS = FAPI_ALGORITHMS.join(', ');

const SIGNING = [
  'token_endpoint_auth_signing_alg',
  'request_object_signing_alg',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'introspection_signed_response_alg',
  'authorization_signed_response_alg',
] as const;

const SECURITY: Rule[] = [
  [
    'token_endpoint_auth_method',
    '5.3.2.1',
    METHODS.join(', '),
    (client) => METHODS.includes(client.token_endpoint_auth_method),
  ],
  [
    'require_pushed_authorization_requests',
    '5.3.2.2',
    'true',
    (client) => client.require_pushed_authorization_requests,
  ],
  [
    'dpop_bound_access_tokens',
    '5.3.2.1',
    'true, tls_client_certificate_bound_access_tokens',
    (client) => client.dpop_bound_access_tokens || client.tls_client_certificate_bound_access_tokens === true,
  ],
  // a device's code goes to whoever is made to type it: no session ties the two ends together
  ['grant_types', '5.3.2.2', CIBA, (client) => !client.grant_types.includes(DEVICE_CODE)],
  // FAPI-CIBA §5.2.2: signed requests alone
  [
    'backchannel_authentication_request_signing_alg',
    '5.4.1',
    ALGORITHMS,
    ({ grant_types: grants, backchannel_authentication_request_signing_alg: alg }) =>
      !grants.includes(CIBA) || (alg !== undefined && isFapi(alg)),
  ],
  ['redirect_uris', '5.3.2.2', 'https:', (client) => client.redirect_uris.every(isHttps)],
  ['jwks_uri', '5.2.1', 'https:', (client) => client.jwks_uri === undefined || isHttps(client.jwks_uri)],
  ['jwks', '5.4.1', 'RSA ≥ 2048, EC ≥ 224', (client) => (client.jwks?.keys ?? []).every(isStrong)],
  ...SIGNING.map((name): Rule => [name, '5.4.1', ALGORITHMS, (client) => isFapi(client[name])]),
];

/** FAPI 2.0 Message Signing: requests, responses and introspection signed as well. */
const MESSAGE_SIGNING: Rule[] = [
  [
    'require_signed_request_object',
    '5.3.1',
    'true',
    (client) => client.require_signed_request_object === true,
  ],
  [
    'response_modes',
    '5.4.1',
    SIGNED_MODES.join(', '),
    (client) => client.response_modes?.every((mode) => SIGNED_MODES.includes(mode)) ?? false,
  ],
];

/** Where a client's declaration contradicts the profile it says it keeps to. */
export function profileFaults(client: ClientManifest): ManifestFault[] {
  const { profile } = client;
  if (profile === undefined) return [];
  const signing = profile === 'fapi2-message-signing' ? MESSAGE_SIGNING : [];
  return [...SECURITY.map(toFault('Security Profile')), ...signing.map(toFault('Message Signing'))].flatMap(
    (judge) => judge(client),
  );
}

const toFault =
  (document: string) =>
  ([path, section, allows, keeps]: Rule) =>
  (client: ClientManifest): ManifestFault[] => {
    const profile = `FAPI 2.0 ${document} §${section}`;
    return keeps(client) ? [] : [fault(`client.${path}`, 'profile_forbids', { profile, allows })];
  };

function isHttps(uri: string): boolean {
  return uri.startsWith('https:');
}

/** §5.4.1: RSA of 2048 bits at least; every curve that is known has more than 224. */
function isStrong(key: Record<string, unknown>): boolean {
  if (key['kty'] !== 'RSA') return true;
  const { n } = key;
  return typeof n === 'string' && Buffer.from(n, 'base64url').length >= RSA_LEAST_BYTES;
}
