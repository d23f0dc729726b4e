import { readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { clientAdapter } from '#idp/oidc/storage/client-adapter.ts';
import { readManifest } from '#idp/subsystems/index.ts';
import { faultsOfPlace } from '#idp/subsystems/service.ts';
import { olderForm, wholeManifest } from '#idp/subsystems/older-form.ts';

type Client = Record<string, unknown>;

const LAB = readFileSync('test/protocol/manifests/lab.json', 'utf8');
const ENVIRONMENT = { RP_ORIGIN: 'https://lab.example' };
const publicJwk = (type: 'ec' | 'rsa', bits = 2048): Client =>
  (type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: bits })
  ).publicKey.export({ format: 'jwk' });
const EC = publicJwk('ec');

/** Of a manifest like the laboratory's, with such a client. */
function read(change: Client) {
  const manifest = JSON.parse(LAB) as { client: Client };
  manifest.client = { ...manifest.client, ...change };
  return readManifest(JSON.stringify(manifest), ENVIRONMENT);
}

function faultsOf(change: Client): string[] {
  const reading = read(change);
  return reading.ok ? [] : reading.faults.map(({ path, key }) => `${path}: ${key}`);
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const POLL = {
  grant_types: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
  backchannel_token_delivery_mode: 'poll',
};
const ENDPOINT = { backchannel_client_notification_endpoint: 'https://lab.example/ping' };

const SIGNS = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [EC] } };

describe('what a client asks of the protocol', () => {
  it.each([
    ['an algorithm that proves nothing', { id_token_signed_response_alg: 'none' }, 'not_one_of'],
    ['a shared secret as a key', { userinfo_signed_response_alg: 'HS256' }, 'not_one_of'],
    ['a key transport with a padding oracle', { id_token_encrypted_response_alg: 'RSA1_5' }, 'not_one_of'],
    ['a secret as an encryption key', { id_token_encrypted_response_alg: 'dir' }, 'not_one_of'],
    ['the fragment', { response_modes: ['fragment'] }, 'not_one_of'],
    ['no mode at all', { response_modes: [] }, 'too_few'],
    ['an unknown profile', { profile: 'fapi1' }, 'not_one_of'],
    ['signed requests without keys', { require_signed_request_object: true }, 'keys_for_requests'],
    ['keys in two places', { ...SIGNS, jwks_uri: 'https://lab.example/keys' }, 'keys_twice'],
    [
      'an assertion’s algorithm beside a secret',
      { token_endpoint_auth_signing_alg: 'ES256' },
      'no_assertions',
    ],
    [
      'encryption without content encryption',
      { ...SIGNS, id_token_encrypted_response_alg: 'ECDH-ES' },
      'missing',
    ],
    ['content encryption alone', { userinfo_encrypted_response_enc: 'A256GCM' }, 'missing'],
    [
      'encryption for a key that cannot',
      {
        ...SIGNS,
        id_token_encrypted_response_alg: 'RSA-OAEP-256',
        id_token_encrypted_response_enc: 'A256GCM',
      },
      'no_encryption_key',
    ],
    [
      'encryption for a key that signs',
      {
        ...SIGNS,
        jwks: { keys: [{ ...EC, use: 'sig' }] },
        id_token_encrypted_response_alg: 'ECDH-ES',
        id_token_encrypted_response_enc: 'A256GCM',
      },
      'no_encryption_key',
    ],
  ] as [string, Client, string][])('%s is refused', (_what, change, key) => {
    expect(faultsOf(change).map((fault) => fault.split(': ')[1])).toContain(key);
  });

  it('CIBA §4: who may use it, and how each client is told', async () => {
    const public_ = { ...POLL, token_endpoint_auth_method: 'none' };
    const ping = { ...POLL, backchannel_token_delivery_mode: 'ping' };
    const refused: [Client, string][] = [
      [
        { ...POLL, backchannel_token_delivery_mode: undefined },
        'client.backchannel_token_delivery_mode: missing',
      ],
      [
        { ...POLL, backchannel_token_delivery_mode: 'push' },
        'client.backchannel_token_delivery_mode: not_one_of',
      ],
      [{ backchannel_token_delivery_mode: 'poll' }, 'client.grant_types: backchannel_disagrees'],
      [public_, 'client.token_endpoint_auth_method: public_client'],
      [ping, 'client.backchannel_client_notification_endpoint: missing'],
      [{ ...POLL, ...ENDPOINT }, 'client.backchannel_client_notification_endpoint: backchannel_disagrees'],
      [
        { ...ping, backchannel_client_notification_endpoint: 'http://localhost:4000/ping' },
        'client.backchannel_client_notification_endpoint: bad_address',
      ],
      [
        { ...POLL, backchannel_authentication_request_signing_alg: 'ES256' },
        'client.jwks_uri: keys_for_requests',
      ],
      [
        { ...POLL, backchannel_user_code_parameter: true },
        'client.backchannel_user_code_parameter: unknown_field',
      ],
    ];
    // the laboratory exchanges tokens: that these manifests do not is beside the point
    const own = (change: Client) => faultsOf(change).filter((one) => !one.startsWith('exchange.'));
    for (const [change, fault] of refused)
      expect([change, own(change)]).toEqual([change, expect.arrayContaining([fault])]);
    expect([own(POLL), own({ ...ping, ...ENDPOINT })]).toEqual([[], []]);

    const { exchange: _none, ...lab } = JSON.parse(LAB) as { client: Client; exchange: unknown };
    const inside = {
      ...lab.client,
      ...ping,
      backchannel_client_notification_endpoint: 'https://127.0.0.1/ping',
    };
    const reading = readManifest(JSON.stringify({ ...lab, client: inside }), ENVIRONMENT);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    const config = { privateNetworks: false, clientCertificates: undefined };
    expect(await faultsOfPlace({ config }, reading.manifest)).toMatchObject([
      { path: 'client.backchannel_client_notification_endpoint', key: 'unreachable' },
    ]);
  });

  const FAPI = {
    ...SIGNS,
    profile: 'fapi2-security',
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
  };
  const SIGNING = {
    ...FAPI,
    profile: 'fapi2-message-signing',
    require_signed_request_object: true,
    response_modes: ['jwt'],
  };

  it('a manifest that keeps to its profile is taken', () => {
    expect([faultsOf(FAPI), faultsOf(SIGNING)]).toEqual([[], []]);
  });

  it.each([
    ['Security Profile §5.3.2.1', 'token_endpoint_auth_method', { token_endpoint_auth_method: 'none' }],
    [
      'Security Profile §5.3.2.1',
      'token_endpoint_auth_method',
      { token_endpoint_auth_method: 'client_secret_basic' },
    ],
    [
      'Security Profile §5.3.2.1',
      'token_endpoint_auth_method',
      { token_endpoint_auth_method: 'client_secret_post' },
    ],
    ['Security Profile §5.3.2.1', 'dpop_bound_access_tokens', { dpop_bound_access_tokens: false }],
    [
      'Security Profile §5.3.2.2',
      'require_pushed_authorization_requests',
      { require_pushed_authorization_requests: false },
    ],
    ['Security Profile §5.3.2.2', 'redirect_uris', { redirect_uris: ['http://localhost:4000/callback'] }],
    ['Security Profile §5.3.2.2', 'grant_types', { grant_types: ['authorization_code', DEVICE_CODE] }],
    ['Security Profile §5.4.1', 'backchannel_authentication_request_signing_alg', POLL],
    [
      'Security Profile §5.4.1',
      'backchannel_authentication_request_signing_alg',
      { ...POLL, backchannel_authentication_request_signing_alg: 'RS256' },
    ],
    ['Security Profile §5.2.1', 'jwks_uri', { jwks: undefined, jwks_uri: 'http://localhost:4000/keys' }],
    ['Security Profile §5.4.1', 'jwks', { jwks: { keys: [publicJwk('rsa', 1024)] } }],
    ...[
      'token_endpoint_auth_signing_alg',
      'request_object_signing_alg',
      'id_token_signed_response_alg',
      'userinfo_signed_response_alg',
      'introspection_signed_response_alg',
      'authorization_signed_response_alg',
    ].map((name) => ['Security Profile §5.4.1', name, { [name]: 'RS256' }]),
    ['Message Signing §5.3.1', 'require_signed_request_object', { require_signed_request_object: false }],
    ['Message Signing §5.4.1', 'response_modes', { response_modes: ['jwt', 'query'] }],
    ['Message Signing §5.4.1', 'response_modes', { response_modes: undefined }],
  ] as [string, string, Client][])('FAPI 2.0 %s: %s %j contradicts it', (section, name, change) => {
    const reading = read({ ...SIGNING, ...change });
    const faults = reading.ok ? [] : reading.faults.filter(({ key }) => key === 'profile_forbids');
    expect(faults).toMatchObject([{ path: `client.${name}`, params: { profile: `FAPI 2.0 ${section}` } }]);
  });

  it('RFC 9126 §5: where every client must push its requests, each but the portal must', async () => {
    const reading = read({});
    if (!reading.ok) throw new Error('not read');
    const { manifest } = reading;
    const found = async (clientId: string, requirePushed: boolean) => {
      const client = { clientId, metadata: { ...manifest.client }, active: true, revision: 1 };
      const registry = { find: () => client };
      const document = await clientAdapter({ registry, requirePushed } as never).find(clientId);
      return document && document['require_pushed_authorization_requests'];
    };
    manifest.client.require_pushed_authorization_requests = false;
    expect(await found('lab-app', true)).toBe(true);
    expect(await found('lab-app', false)).toBe(false);
    expect(await found('portal', true)).toBe(false);
  });

  it('an older release reads what it knows, and what it writes itself counts again', () => {
    const reading = read({ ...SIGNING, id_token_signed_response_alg: 'PS256' });
    if (!reading.ok) throw new Error('not read');
    const full = JSON.parse(JSON.stringify(reading.manifest)) as unknown;
    const older = olderForm(reading.manifest) as { client: Client };
    expect(Object.keys(older.client).filter((name) => /profile|response|request_object/.test(name))).toEqual([
      'id_token_signed_response_alg',
    ]);
    expect(older.client['id_token_signed_response_alg']).toBe('ES256');
    expect(wholeManifest(full, older)).toBe(full);
    expect(wholeManifest(full, { ...older, colour: 7 })).toBeUndefined();
    expect(wholeManifest(null, older)).toBeUndefined();
  });
});
