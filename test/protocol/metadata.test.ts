import { readFileSync } from 'node:fs';
import { certificatelessFaults, keylessFaults } from '#idp/subsystems/client-rules.ts';
import { readManifest } from '#idp/subsystems/index.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { rawRequest } from '../support/raw-http.ts';
import { browserOf, post } from '../support/relying-party.ts';
import { type SigningClient, VERIFIER, declareSigningClient, makeKey } from '../support/signing-client.ts';

const LAB = readFileSync('test/protocol/manifests/lab.json', 'utf8');
const GRANTS = [
  ...['authorization_code', 'refresh_token', 'client_credentials', 'implicit', 'password'],
  ...['urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:device_code'],
  ...['urn:openid:params:grant-type:ciba', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
];
const MODES = [
  'query',
  'fragment',
  'form_post',
  'web_message',
  'jwt',
  'query.jwt',
  'fragment.jwt',
  'form_post.jwt',
];
const METHODS = [
  ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
  ...['tls_client_auth', 'self_signed_tls_client_auth', 'attest_jwt_client_auth'],
];
const SIGNATURES = ['ES256', 'PS256', 'EdDSA', 'RS256', 'ES384', 'HS256', 'none'];

describe('RFC 8414, OpenID Connect Discovery 1.0: what the metadata says is so, and nothing else is', () => {
  let world: IdpWorld;
  let client: SigningClient;
  let nurse: Journey;
  let metadata: Record<string, unknown>;

  beforeAll(async () => {
    world = await startIdpWorld();
    const key = await makeKey('ES256');
    const { client: declared, answer } = await declareSigningClient(world, 'every', key, (manifest) => {
      Object.assign(manifest.client, {
        response_modes: ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'],
        require_pushed_authorization_requests: false,
      });
    });
    expect(answer).toMatchObject({ code: 0 });
    client = declared;
    nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
    await eventually(async () => expect((await client.send('/oidc/par', client.request())).status).toBe(201));
    metadata = await read('/.well-known/oauth-authorization-server');
  });
  afterAll(() => world.stop());

  const read = async (path: string) =>
    (await (await fetch(world.issuer + path)).json()) as Record<string, unknown>;
  const listed = (name: string): string[] => [...(metadata[name] as string[])].sort();
  const ask = (more: Record<string, string>) =>
    nurse.open(`${world.issuer}/oidc/auth?${new URLSearchParams(client.request(more)).toString()}`);
  /** Those of `all` for which `works`, one after the other. */
  async function those(all: string[], works: (one: string) => Promise<boolean>): Promise<string[]> {
    const found: string[] = [];
    for (const one of all) if (await works(one)) found.push(one);
    return found.sort();
  }
  /** Whether a manifest may say so here, where no proxy passes certificates on and there are the usual keys. */
  const isDeclared = (change: Record<string, unknown>): boolean => {
    const manifest = JSON.parse(LAB) as { client: object; exchange: object };
    Object.assign(
      manifest.client,
      { grant_types: ['authorization_code'], jwks: { keys: [client.key.jwk] } },
      change,
    );
    manifest.exchange = { allowed: false };
    const reading = readManifest(JSON.stringify(manifest), { RP_ORIGIN: world.rpOrigin });
    if (!reading.ok) return false;
    const { client: told } = reading.manifest;
    return (
      [...certificatelessFaults(told, undefined), ...keylessFaults(told, ['ES256', 'RS256'])].length === 0
    );
  };

  it('RFC 8414 §3: both documents are one, made from the issuer, with nothing empty in it', async () => {
    expect(await read('/.well-known/openid-configuration')).toEqual(metadata);
    expect(metadata).toMatchObject({
      issuer: world.issuer,
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    for (const [name, value] of Object.entries(metadata)) {
      expect([name, Array.isArray(value) && value.length === 0]).toEqual([name, false]);
      if (/_endpoint$|^jwks_uri$/.test(name))
        expect(String(value)).toMatch(new RegExp(`^${world.issuer}/oidc/`));
    }
  });

  it('every endpoint answers, and what answers under /oidc/ is one', async () => {
    const told = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    const paths = told.map(([, url]) => new URL(String(url)).pathname);
    for (const path of paths) {
      const statuses = [
        (await rawRequest(world.issuer, 'GET', path)).status,
        (await post(world, path, {})).status,
      ];
      expect([path, statuses.every((status) => status === 404 || status >= 500)]).toEqual([path, false]);
    }
    for (const name of [
      'registration',
      'backchannel',
      'device_authorization',
      'challenge',
      'credential',
      'session',
    ]) {
      const path = `/oidc/${name}`;
      const { status } = await post(world, path, {});
      expect([path, status !== 404]).toEqual([path, paths.includes(path)]);
    }
  });

  it('grant types', async () => {
    const known = await those(GRANTS, async (grant_type) => {
      const { body } = await client.send('/oidc/token', { grant_type });
      return body['error'] !== 'unsupported_grant_type';
    });
    expect(listed('grant_types_supported')).toEqual(known);
  });

  it('response types and modes', async () => {
    const types = await those(['code', 'token', 'id_token', 'code id_token', 'none'], async (response_type) =>
      (await ask({ response_type })).url.href.includes('code='),
    );
    expect(listed('response_types_supported')).toEqual(types);
    const modes = await those(MODES, async (response_mode) => {
      const page = await ask({ response_mode });
      const form = page.forms.find(({ action }) => action === client.redirectUri)?.fields ?? {};
      const given = { ...form, ...Object.fromEntries(page.url.searchParams) };
      return given['code'] !== undefined || (given['response'] !== undefined && !isError(given['response']));
    });
    expect(listed('response_modes_supported')).toEqual(modes);
  });

  const isError = (jwt: string): boolean =>
    'error' in (JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as object);

  it('challenges, prompts, subjects', async () => {
    const challenges = await those(['S256', 'plain'], async (code_challenge_method) =>
      (await ask({ code_challenge_method })).url.href.includes('code='),
    );
    expect(listed('code_challenge_methods_supported')).toEqual(challenges);
    const prompts = await those(['none', 'login', 'consent', 'select_account', 'create'], async (prompt) => {
      const { url } = await ask({ prompt });
      return url.searchParams.get('error') !== 'invalid_request';
    });
    expect(listed('prompt_values_supported')).toEqual(prompts);
    expect(listed('subject_types_supported')).toEqual(['pairwise', 'public']);
  });

  it('scopes and claims: each can be had, and no other', async () => {
    const scope = `${listed('scopes_supported').join(' ')} address nonsense`;
    const { url } = await ask({ scope, account: 'P@00000001P@every_01' });
    const { body } = await client.send('/oidc/token', {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: client.redirectUri,
      code_verifier: VERIFIER,
    });
    expect(String(body['scope']).split(' ').sort()).toEqual(listed('scopes_supported'));
    const answer = await fetch(`${world.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${String(body['access_token'])}` },
    });
    // the first two while an operator acts for the person: security/impersonation.test.ts
    const own = ['act', 'act_until', 'acr', 'amr', 'auth_time', 'iss', 'sid'];
    const claims = [...new Set([...Object.keys((await answer.json()) as object), ...own])].sort();
    expect(claims).toEqual(
      listed('claims_supported').filter((name) => name !== 'phone_number' || claims.includes(name)),
    );
  });

  it('how clients authenticate, and with which signatures', () => {
    const methods = METHODS.filter((token_endpoint_auth_method) => {
      const name = token_endpoint_auth_method === 'tls_client_auth' && {
        tls_client_auth_san_dns: 'a.example',
      };
      return isDeclared({ token_endpoint_auth_method, ...name });
    });
    expect(listed('token_endpoint_auth_methods_supported')).toEqual(methods.sort());
    expect(listed('revocation_endpoint_auth_methods_supported')).toEqual(methods);
    expect(listed('introspection_endpoint_auth_methods_supported')).toEqual(
      methods.filter((method) => method !== 'none'),
    );
    const algorithms = SIGNATURES.filter((alg) =>
      isDeclared({ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: alg }),
    );
    expect(listed('token_endpoint_auth_signing_alg_values_supported')).toEqual(algorithms.sort());
    expect(listed('request_object_signing_alg_values_supported')).toEqual(algorithms);
  });

  it('what we sign with is what there are keys for, and what a manifest may ask for', async () => {
    const { keys } = (await read('/oidc/jwks')) as unknown as { keys: { alg: string }[] };
    const own = [...new Set(keys.map(({ alg }) => alg))].sort();
    for (const kind of ['id_token', 'userinfo', 'introspection', 'authorization']) {
      expect(listed(`${kind}_signing_alg_values_supported`)).toEqual(own);
    }
    const asked = SIGNATURES.filter((alg) => isDeclared({ id_token_signed_response_alg: alg }));
    expect(asked.sort()).toEqual(own);
  });
});
