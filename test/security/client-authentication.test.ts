import {
  type CryptoKey,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
  exportJWK,
  exportSPKI,
  generateKeyPair,
} from 'jose';
import { eventually } from '../support/eventually.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { applyVariant } from '../support/manifest-variant.ts';
import { FORM, type RawAnswer, rawRequest } from '../support/raw-http.ts';
import { EXCHANGE } from '../support/relying-party.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const RESOURCE = 'https://service.example/api';
const OWN_RESOURCE = 'https://signing.example/api';
const CREDENTIALS = { grant_type: 'client_credentials', resource: RESOURCE, scope: 'service:run' };

describe('a client that has to prove itself', () => {
  let world: IdpWorld;
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let publicPem: string;

  beforeAll(async () => {
    world = await startIdpWorld();
    keys = await generateKeyPair('ES256', { extractable: true });
    publicPem = await exportSPKI(keys.publicKey);
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'signing', use: 'sig', alg: 'ES256' };
    await applyVariant(world, 'service', (manifest) => {
      Object.assign(manifest, { code: 'signing', suffix: 'sgn' });
      Object.assign(manifest.client, { client_id: 'signing-app', jwks: { keys: [jwk] } });
      manifest.client['token_endpoint_auth_method'] = 'private_key_jwt';
      const [resource] = manifest['resources'] as { identifier: string }[];
      if (resource) resource.identifier = OWN_RESOURCE;
    });
    await eventually(async () => expect((await assert({})).status).toBe(200));
  });
  afterAll(() => world.stop());

  describe('by a secret', () => {
    it('is let in by the registered method, with the right secret', async () => {
      expect((await token(CREDENTIALS, basic('service-app', CLIENT_SECRET))).status).toBe(200);
    });

    it.each([
      ['a wrong one', CREDENTIALS, basicText('service-app:wrong')],
      ['the placeholder of its document', CREDENTIALS, basicText('service-app:revision-1')],
      ['its digest', CREDENTIALS, basicText('service-app:undefined')],
      ['none, being confidential', { ...CREDENTIALS, client_id: 'service-app' }, undefined],
      ['one in the form instead', { ...CREDENTIALS, ...secretOf('service-app') }, undefined],
      ['one of nobody', CREDENTIALS, basicText(`nobody:${CLIENT_SECRET}`)],
      ['one of another kind of client', CREDENTIALS, basicText(`spa-app:${CLIENT_SECRET}`)],
      ['one, but signs by key', CREDENTIALS, basicText(`signing-app:${CLIENT_SECRET}`)],
    ])('is refused: %s', async (_what, body, authorization) => {
      const answer = await token(body, authorization);
      expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
      expect(Object.keys(answer.json).sort()).toEqual(['error', 'error_description']);
      expect(answer.json['error_description']).toBe('client authentication failed');
    });

    it.each([
      ['in the address', `/oidc/token?${query(secretOf('third-app'))}`, undefined, {}],
      ['twice', '/oidc/token', `Basic ${base64(`third-app:${CLIENT_SECRET}`)}`, secretOf('third-app')],
      [
        'for two names',
        '/oidc/token',
        `Basic ${base64(`lab-app:${CLIENT_SECRET}`)}`,
        { client_id: 'mch-app' },
      ],
      ['empty', '/oidc/token', `Basic ${base64('service-app:')}`, {}],
      ['without a colon', '/oidc/token', `Basic ${base64('service-app')}`, {}],
      [
        'loosely encoded',
        '/oidc/token',
        `Basic ${base64(`service-app:${CLIENT_SECRET}`)} `.replace('=', '%3D'),
        {},
      ],
      ['badly escaped', '/oidc/token', `Basic ${base64('service-app:%zz')}`, {}],
      ['as a bearer', '/oidc/token', `Bearer ${CLIENT_SECRET}`, { client_id: 'service-app' }],
    ])('is refused: given %s', async (_what, path, authorization, more) => {
      const headers = {
        ...FORM,
        ...(authorization !== undefined && { authorization: authorization.trim() }),
      };
      const body = query({ ...CREDENTIALS, ...more });
      const answer = await rawRequest(world.issuer, 'POST', path, { headers, body });
      expect([400, 401]).toContain(answer.status);
      expect(answer.body).toMatch(/"error":"invalid_(client|request)"/);
    });
  });

  describe('by an assertion', () => {
    it.each([
      ['for the issuer and another', () => ({ aud: [world.issuer, 'https://evil.test'] })],
      ['for the issuer in a list', () => ({ aud: [world.issuer] })],
      ['for the token endpoint', () => ({ aud: `${world.issuer}/oidc/token` })],
      ['for another provider', () => ({ aud: 'https://evil.test/oidc/token' })],
      ['for the issuer with a slash', () => ({ aud: `${world.issuer}/` })],
      ['for nobody', () => ({ aud: undefined })],
      ['that lives ten years', () => ({ exp: now() + 10 * 365 * 86_400 })],
      ['that lives ten years, dated ahead', () => ({ iat: now() + 315e6, exp: now() + 315e6 + 60 })],
      ['that lives six minutes', () => ({ exp: now() + 360 })],
      ['without an end', () => ({ exp: undefined })],
      ['with a text for an end', () => ({ exp: '9999999999' as never })],
      ['that is over', () => ({ iat: now() - 120, exp: now() - 60 })],
      ['not yet begun', () => ({ nbf: now() + 120 })],
      ['without a jti', () => ({ jti: undefined })],
      ['of another issuer', () => ({ iss: 'lab-app' })],
      ['of another subject', () => ({ sub: 'service-app' })],
      ['of a subject that is no text', () => ({ sub: ['signing-app'] as never })],
    ] as [string, () => Record<string, unknown>][])('%s is refused', async (_what, claims) => {
      const answer = await assert(claims());
      expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
    });

    it('for the endpoint of a forged Host is refused', async () => {
      const assertion = await sign({ aud: 'http://evil.test/oidc/token' });
      const headers = { ...FORM, host: 'evil.test', 'x-forwarded-host': 'evil.test' };
      const proof = { client_assertion: assertion, client_assertion_type: JWT_BEARER };
      const body = query({ ...CREDENTIALS, resource: OWN_RESOURCE, ...proof });
      expect((await rawRequest(world.issuer, 'POST', '/oidc/token', { headers, body })).status).toBe(401);
    });

    it('is taken once, also of twenty at the same time', async () => {
      const assertion = await sign({});
      const first = await Promise.all(Array.from({ length: 20 }, () => present(assertion)));
      expect(first.filter(({ status }) => status === 200)).toHaveLength(1);
      const later = await present(assertion);
      expect(later).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
    });

    it('is refused without a signature, with the public key as a secret, by another key or algorithm', async () => {
      const strong = await generateKeyPair('RS256', { modulusLength: 2048 });
      const other = await generateKeyPair('ES256');
      const payload = claimsOf({});
      const secret = new TextEncoder().encode(publicPem);
      const embedded = await exportJWK(other.publicKey);
      const header = { alg: 'ES256', kid: 'signing' };
      const forged = [
        new UnsecuredJWT(payload).encode(),
        await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: 'signing' }).sign(secret),
        await new SignJWT(payload)
          .setProtectedHeader({ alg: 'RS256', kid: 'signing' })
          .sign(strong.privateKey),
        await new SignJWT(payload).setProtectedHeader(header).sign(other.privateKey),
        await new SignJWT(payload).setProtectedHeader({ ...header, jwk: embedded }).sign(other.privateKey),
        await new SignJWT(payload)
          .setProtectedHeader({ alg: 'ES256', kid: '../signing', jku: 'https://evil.test/jwks' })
          .sign(other.privateKey),
        `${(await sign({})).split('.').slice(0, 2).join('.')}.`,
      ];
      for (const assertion of forged) {
        const answer = await present(assertion);
        expect([400, 401]).toContain(answer.status);
        expect(answer.json['error']).toBe('invalid_client');
      }
    });
  });

  it('gets only its own grant types', async () => {
    const secret = (clientId: string) => ({ client_id: clientId, ...secretOf(clientId) });
    const may: Record<string, string[]> = {
      'service-app': ['client_credentials', 'authorization_code'],
      'third-app': ['authorization_code', 'refresh_token'],
      'lab-app': ['authorization_code', 'refresh_token', EXCHANGE],
      'spa-app': ['authorization_code', 'refresh_token'],
      'bound-app': ['authorization_code', 'refresh_token', EXCHANGE],
      portal: ['authorization_code'],
    };
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const backchannel = 'urn:openid:params:grant-type:ciba';
    const all = ['authorization_code', 'refresh_token', 'client_credentials', device, backchannel, EXCHANGE];
    for (const [clientId, own] of Object.entries(may)) {
      const proof =
        clientId === 'third-app'
          ? { body: secret(clientId) }
          : ['spa-app', 'bound-app', 'portal'].includes(clientId)
            ? { body: { client_id: clientId } }
            : { body: {}, authorization: basic(clientId, CLIENT_SECRET) };
      for (const grant of all.filter((candidate) => !own.includes(candidate))) {
        const answer = await token(
          { grant_type: grant, scope: 'openid', ...proof.body },
          proof.authorization,
        );
        expect({ clientId, grant, ...answer }).toMatchObject({
          status: 400,
          json: { error: expect.stringMatching(/^(invalid_request|unauthorized_client)$/) },
        });
      }
      for (const grant of [
        'password',
        'implicit',
        '__proto__',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ]) {
        const body = { grant_type: grant, username: 'demo.nurse', password: 'x', ...proof.body };
        const answer = await token(body, proof.authorization);
        expect(answer).toMatchObject({ status: 400, json: { error: 'unsupported_grant_type' } });
      }
    }
  });

  it('is never taken for a person, nor a person for it', async () => {
    const own = await token({ grant_type: 'client_credentials' }, basic('service-app', CLIENT_SECRET));
    const bearer = { authorization: `Bearer ${String(own.json['access_token'])}` };
    expect((await rawRequest(world.issuer, 'GET', '/oidc/userinfo', { headers: bearer })).status).toBe(401);
    const { id } = await world.database.db.selectFrom('account').select('id').executeTakeFirstOrThrow();
    for (const clientId of [id, 'f47ac10b-58cc-4372-a567-0e02b2c3d479', 'portal', 'lab-app']) {
      const answer = await applyVariant(world, 'spa', (manifest) => {
        Object.assign(manifest, { code: 'imposter', suffix: 'imp' });
        manifest.client['client_id'] = clientId;
      });
      expect({ clientId, code: answer.code }).toEqual({ clientId, code: 1 });
    }
  });

  it.each([
    ['redirect_uris', ['https://*.example.test/callback']],
    ['redirect_uris', ['http://example.test/callback']],
    ['redirect_uris', ['https://example.test/callback#fragment']],
    ['redirect_uris', ['javascript:alert(1)']],
    ['redirect_uris', ['myapp://callback']],
    ['redirect_uris', ['https://user:secret@example.test/callback']],
    ['redirect_uris', []],
    ['post_logout_redirect_uris', ['data:text/html,x']],
    ['backchannel_logout_uri', 'ftp://example.test/'],
    ['jwks', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
    ['jwks', { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private' }] }],
    ['grant_types', ['password']],
    ['token_endpoint_auth_method', 'client_secret_jwt'],
  ])('cannot be declared with %s %j', async (name, value) => {
    const answer = await applyVariant(world, 'spa', (manifest) => {
      Object.assign(manifest, { code: 'imposter', suffix: 'imp' });
      Object.assign(manifest.client, { client_id: 'imposter-app', [name]: value });
    });
    expect(answer.code).toBe(1);
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const claimsOf = (claims: JWTPayload): JWTPayload => {
    const usual = { iss: 'signing-app', sub: 'signing-app', aud: world.issuer, jti: crypto.randomUUID() };
    return { ...usual, iat: now(), exp: now() + 60, ...claims };
  };
  const sign = (claims: JWTPayload, key: CryptoKey = keys.privateKey): Promise<string> =>
    new SignJWT(claimsOf(claims)).setProtectedHeader({ alg: 'ES256', kid: 'signing' }).sign(key);
  const present = (assertion: string) =>
    token({
      ...{ ...CREDENTIALS, resource: OWN_RESOURCE },
      ...{ client_assertion: assertion, client_assertion_type: JWT_BEARER },
    });
  const assert = async (claims: JWTPayload) => present(await sign(claims));

  async function token(
    body: Record<string, string>,
    authorization?: string,
  ): Promise<RawAnswer & { json: Record<string, unknown> }> {
    const headers = { ...FORM, ...(authorization !== undefined && { authorization }) };
    const answer = await rawRequest(world.issuer, 'POST', '/oidc/token', { headers, body: query(body) });
    return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function basicText(text: string): string {
  return `Basic ${base64(text)}`;
}

function basic(clientId: string, secret: string): string {
  return basicText(`${clientId}:${secret}`);
}

function secretOf(clientId: string): Record<string, string> {
  return { client_id: clientId, client_secret: CLIENT_SECRET };
}

function query(parameters: Record<string, string>): string {
  return new URLSearchParams(parameters).toString();
}
