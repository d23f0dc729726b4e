import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  SignJWT,
  UnsecuredJWT,
  compactDecrypt,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportSPKI,
  importJWK,
  jwtVerify,
} from 'jose';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, type Page, signIn } from '../support/journey.ts';
import { browserOf } from '../support/relying-party.ts';
import {
  type SignedKey,
  type SigningClient,
  VERIFIER,
  declareSigningClient,
  makeKey,
} from '../support/signing-client.ts';

const MODES = ['jwt', 'query.jwt', 'form_post.jwt'];

describe('signed and encrypted messages', () => {
  let world: IdpWorld;
  let client: SigningClient;
  let nurse: Journey;
  let key: SignedKey;
  let wrapping: SignedKey;
  let rsaWrapping: SignedKey;
  const now = (): number => Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    world = await startIdpWorld();
    [key, wrapping, rsaWrapping] = await Promise.all([
      makeKey('ES256'),
      makeKey('ECDH-ES+A256KW', 'enc'),
      makeKey('RSA-OAEP-256', 'enc'),
    ]);
    for (const alg of ['PS256', 'EdDSA']) {
      const made = await world.command(
        'keys',
        'rotate',
        '--alg',
        alg,
        '--reason',
        'for a client that asks for it',
      );
      expect(made).toMatchObject({ code: 0 });
    }
    const told = await declareSigningClient(world, 'sealed', key, ({ client: metadata }) => {
      Object.assign(metadata, {
        jwks: { keys: [key.jwk, wrapping.jwk, rsaWrapping.jwk] },
        require_pushed_authorization_requests: false,
        require_signed_request_object: true,
        response_modes: MODES,
        authorization_signed_response_alg: 'EdDSA',
        id_token_signed_response_alg: 'PS256',
        id_token_encrypted_response_alg: 'ECDH-ES+A256KW',
        id_token_encrypted_response_enc: 'A256GCM',
        userinfo_signed_response_alg: 'EdDSA',
        userinfo_encrypted_response_alg: 'RSA-OAEP-256',
        userinfo_encrypted_response_enc: 'A128GCM',
        introspection_signed_response_alg: 'PS256',
      });
    });
    expect(told.answer).toMatchObject({ code: 0 });
    ({ client } = told);
    await eventually(async () => {
      const { keys } = (await (await fetch(`${world.issuer}/oidc/jwks`)).json()) as {
        keys: { alg: string }[];
      };
      expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA', 'PS256', 'RS256']);
    }, 10_000);
    nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
  });
  afterAll(() => world.stop());

  const ours = () => createRemoteJWKSet(new URL(`${world.issuer}/oidc/jwks`));
  const verify = async (jwt: string, options: object) =>
    (await jwtVerify(jwt, ours(), { issuer: world.issuer, audience: client.clientId, ...options })).payload;
  const decrypt = async (jwe: string, by: SignedKey): Promise<string> =>
    new TextDecoder().decode((await compactDecrypt(jwe, by.privateKey)).plaintext);
  const ask = (parameters: Record<string, string>) =>
    nurse.open(`${world.issuer}/oidc/auth?${new URLSearchParams(parameters).toString()}`);
  const askBy = async (request: string, more: Record<string, string> = {}) =>
    ask({ client_id: client.clientId, request, ...more });

  async function codeBy(claims: Record<string, unknown> = {}): Promise<string> {
    const { url } = await askBy(await client.requestObject({ response_mode: 'jwt', ...claims }));
    const response = await verify(url.searchParams.get('response') ?? '', { algorithms: ['EdDSA'] });
    return String(response['code']);
  }

  describe('an authorization request that is signed', () => {
    it('RFC 9101 §5, §6.3: is all that counts; what stands beside it is not looked at', async () => {
      const request = await client.requestObject({ response_mode: 'jwt', scope: 'openid' });
      const { url } = await askBy(request, { scope: 'openid email', state: 'another', nonce: 'another' });
      expect(`${url.origin}${url.pathname}`).toBe(client.redirectUri);
      const response = await verify(url.searchParams.get('response') ?? '', {});
      expect(response).toMatchObject({ state: 'the-state' });
      const tokens = await redeem(String(response['code']));
      expect(tokens).toMatchObject({ scope: 'openid' });
    });

    it.each([
      ['RFC 9101 §10.5: nothing signed', () => undefined],
      ['RFC 9101 §6.2: alg none', () => new UnsecuredJWT(client.request({ iss: client.clientId })).encode()],
      [
        'RFC 8725 §2.1: our view of its public key as a secret',
        async () =>
          new SignJWT(client.request({ iss: client.clientId, aud: world.issuer }))
            .setProtectedHeader({ alg: 'HS256' })
            .sign(new TextEncoder().encode(await exportSPKI((await importJWK(key.jwk)) as never))),
      ],
      ['another key', async () => client.requestObject({}, {}, await makeKey('ES256'))],
      ['its encryption key’s id', () => client.requestObject({}, { kid: wrapping.jwk.kid }, key)],
      ['RFC 9101 §4: another issuer', () => client.requestObject({ iss: 'lab-app' })],
      ['RFC 9101 §4: for another server', () => client.requestObject({ aud: 'https://evil.test' })],
      ['RFC 9101 §4: for nobody', () => client.requestObject({ aud: undefined })],
      ['over', () => client.requestObject({ exp: now() - 60 })],
      ['without an end', () => client.requestObject({ exp: undefined })],
      ['good for years', () => client.requestObject({ exp: now() + 3e8 })],
      ['dated ahead', () => client.requestObject({ iat: now() + 90 })],
      ['not yet begun', () => client.requestObject({ nbf: now() + 90 })],
      ['RFC 9101 §10.8: of another kind', () => client.requestObject({}, { typ: 'dpop+jwt' })],
      ['RFC 9101 §10.8: an assertion', () => client.requestObject({ sub: client.clientId })],
      [
        'RFC 9101 §4: one within',
        async () => client.requestObject({ request: await client.requestObject() }),
      ],
      ['RFC 9101 §4: a reference within', () => client.requestObject({ request_uri: 'https://evil.test/r' })],
      ['RFC 9101 §5: another client’s', () => client.requestObject({ client_id: 'lab-app' })],
      ['RFC 9101 §4: nobody’s', () => client.requestObject({ client_id: undefined })],
      ['another redirect address', () => client.requestObject({ redirect_uri: 'https://evil.test/' })],
      ['PBES2', () => `${btoa('{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":1000000000}')}.a.a.a.a`],
      ['no JWT', () => 'a.b.c'],
    ] as [string, () => Promise<string> | string | undefined][])('%s: is refused', async (_what, make) => {
      const request = await make();
      const more: Record<string, string> = request === undefined ? client.request() : { request };
      const began = performance.now();
      const page = await ask({ client_id: client.clientId, ...more });
      expect(performance.now() - began).toBeLessThan(2000);
      expect(page.url.href).not.toMatch(/evil|[?&]code=/);
      expect(errorOf(page)).toMatch(/^invalid_(request|request_object|redirect_uri|client)$/);
    });

    it('A19: RFC 9101 §5.2: by reference is refused without a look at the address', async () => {
      let looks = 0;
      const site = createServer((_request, response) => {
        looks += 1;
        response.end();
      });
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      const { port } = site.address() as AddressInfo;
      for (const request_uri of [
        `http://127.0.0.1:${port}/r`,
        `https://localhost:${port}/r`,
        'file:///etc/passwd',
      ]) {
        expect(errorOf(await ask({ ...client.request(), request_uri }))).toBe('request_uri_not_supported');
      }
      expect(looks).toBe(0);
      site.close();
    });

    it('RFC 9126 §3: may be pushed, then is one', async () => {
      const pushed = await client.send('/oidc/par', {
        request: await client.requestObject({ response_mode: 'jwt' }),
      });
      expect(pushed).toMatchObject({ status: 201 });
      const { url } = await ask({
        client_id: client.clientId,
        request_uri: String(pushed.body['request_uri']),
      });
      expect(await verify(url.searchParams.get('response') ?? '', {})).toHaveProperty('code');
      const bare = await client.send('/oidc/par', client.request());
      expect(bare).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    });
  });

  describe('JARM', () => {
    it.each(MODES)(
      '§2.3, §4.3: %s carries code, state, iss, aud and exp signed as registered',
      async (mode) => {
        const page = await askBy(await client.requestObject({ response_mode: mode }));
        const form = page.forms.find(({ action }) => action === client.redirectUri);
        const response = page.url.searchParams.get('response') ?? form?.fields['response'] ?? '';
        expect(decodeProtectedHeader(response)).toMatchObject({ alg: 'EdDSA' });
        const claims = await verify(response, {});
        expect(Object.keys(claims).sort()).toEqual(['aud', 'code', 'exp', 'iss', 'state']);
        expect((claims.exp ?? 0) - now()).toBeLessThanOrEqual(600);
        const csp = page.headers.get('content-security-policy') ?? '';
        if (mode === 'form_post.jwt') expect(csp).toContain(`form-action 'self' ${world.rpOrigin}`);
      },
    );

    it('§2.3: an error comes signed as well', async () => {
      const { url } = await askBy(
        await client.requestObject({
          response_mode: 'jwt',
          prompt: 'none',
          max_age: 0,
          acr_values: 'x',
          scope: 'nonsense',
        }),
      );
      expect([...url.searchParams.keys()]).toEqual(['response']);
      expect(await verify(url.searchParams.get('response') ?? '', {})).toHaveProperty('error');
    });

    it.each(['query', 'form_post', 'fragment', 'fragment.jwt', 'web_message', undefined])(
      'A4: %s is not for this client',
      async (response_mode) => {
        const page = await askBy(await client.requestObject({ response_mode }));
        expect(errorOf(page)).toMatch(/^(invalid_request|unsupported_response_mode)$/);
        expect(page.url.href).not.toContain('code=');
      },
    );
  });

  it('OpenID Connect Core §2, §16.14: the ID token is signed, then encrypted, as registered', async () => {
    const tokens = await redeem(await codeBy());
    const jwe = String(tokens['id_token']);
    expect(decodeProtectedHeader(jwe)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cty: 'JWT' });
    const claims = await verify(await decrypt(jwe, wrapping), { algorithms: ['PS256'] });
    expect(claims).toMatchObject({ nonce: 'the-nonce', subsystem_account: { id: 'P@00000001P@seale_01' } });
  });

  it('OpenID Connect Core §5.3.2: userinfo is a signed and encrypted JWT', async () => {
    const tokens = await redeem(await codeBy());
    const answer = await fetch(`${world.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${String(tokens['access_token'])}` },
    });
    expect(answer.headers.get('content-type')).toContain('application/jwt');
    const jwe = await answer.text();
    expect(decodeProtectedHeader(jwe)).toMatchObject({ alg: 'RSA-OAEP-256', enc: 'A128GCM' });
    const claims = await verify(await decrypt(jwe, rsaWrapping), { algorithms: ['EdDSA'] });
    expect(claims).toMatchObject({ subsystem_account: { id: 'P@00000001P@seale_01' } });
  });

  it('RFC 9701 §5: introspection is a JWT for whoever accepts one, of another kind than every other', async () => {
    const tokens = await redeem(await codeBy());
    const body = { token: String(tokens['access_token']) };
    const accept = 'application/token-introspection+jwt';
    const signed = await client.send('/oidc/introspection', body, { headers: { accept } });
    expect(signed.headers.get('content-type')).toContain(accept);
    const jwt = String(signed.body['text']);
    expect(decodeProtectedHeader(jwt)).toMatchObject({ typ: 'token-introspection+jwt', alg: 'PS256' });
    const { payload } = await jwtVerify(jwt, ours(), { issuer: world.issuer });
    expect(payload['token_introspection']).toMatchObject({ active: true, client_id: client.clientId });
    const plain = await client.send('/oidc/introspection', body);
    expect(plain.body).toMatchObject({ active: true });
    const unknown = await client.send('/oidc/introspection', { token: 'x' }, { headers: { accept } });
    expect(decodeJwt(String(unknown.body['text']))['token_introspection']).toEqual({ active: false });
  });

  it('a manifest that asks for a key which nobody has made is refused, and says how to make one', async () => {
    await world.database.query('update signing_key set revoked_at = now() where alg = $1', ['EdDSA']);
    const { answer } = await declareSigningClient(world, 'eager', key, ({ client: metadata }) => {
      metadata['id_token_signed_response_alg'] = 'EdDSA';
    });
    expect(answer).toMatchObject({ code: 1, output: expect.stringContaining('keys rotate --alg EdDSA') });
  });

  /** Wherever the mode asked for puts it: address, fragment, form, signed or not, or on a page of ours. */
  function errorOf({ url, forms, text }: Page): string | undefined {
    const form = forms.find(({ action }) => action === client.redirectUri)?.fields;
    const all = { ...form, ...entries(url.searchParams), ...entries(new URLSearchParams(url.hash.slice(1))) };
    const claims = all['response'] === undefined ? all : decodeJwt(all['response']);
    const error = claims['error'] as string | undefined;
    return error ?? /\binvalid_\w+|\brequest_uri_not_supported/.exec(text)?.[0];
  }

  const entries = (params: URLSearchParams): Record<string, string> => Object.fromEntries(params);

  async function redeem(code: string): Promise<Record<string, unknown>> {
    const answer = await client.send('/oidc/token', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUri,
      code_verifier: VERIFIER,
    });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  }
});
