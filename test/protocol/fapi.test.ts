import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  jwtVerify,
} from 'jose';
import { makeProof } from '../support/dpop-proof.ts';
import { type FapiClients, REDIRECT, declareFapiClients } from '../support/fapi-clients.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { REFUSALS } from './fapi-refusals.ts';

const JWT = 'application/token-introspection+jwt';
const now = (): number => Math.floor(Date.now() / 1000);

describe('FAPI 2.0', () => {
  let world: IdpWorld;
  let fapi: FapiClients;

  beforeAll(async () => {
    world = await startIdpWorld();
    fapi = await declareFapiClients(world);
  });
  afterAll(() => world.stop());

  const userinfo = async (
    accessToken: string,
    claims: Record<string, unknown> = {},
    scheme = 'DPoP',
  ): Promise<Response> => {
    const url = `${world.issuer}/oidc/userinfo`;
    const dpop = await makeProof(fapi.dpop, 'GET', url, { claims, accessToken });
    return fetch(url, { headers: { authorization: `${scheme} ${accessToken}`, dpop } });
  };

  describe('Security Profile: the right way is let through', () => {
    it('§5.3.2: pushed, authenticated by key, with PKCE, redirected by 303 with iss, redeemed with a proof', async () => {
      const pushed = await fapi.push(fapi.secure);
      expect(pushed.body['expires_in']).toBeLessThan(600); // §5.3.2.2
      const path = `/oidc/auth?${new URLSearchParams({ client_id: fapi.secure.clientId, request_uri: String(pushed.body['request_uri']) }).toString()}`;
      const cookie = fapi.nurse.jar.header(new URL(world.issuer));
      const answer = await fetch(world.issuer + path, { redirect: 'manual', headers: { cookie } });
      expect(answer.status).toBe(303); // §5.3.2.2: never 307
      const url = new URL(answer.headers.get('location') ?? '');
      expect(`${url.origin}${url.pathname}`).toBe(REDIRECT);
      expect(url.searchParams.get('iss')).toBe(world.issuer);
      const value = url.searchParams.get('code') ?? '';
      const { status, body } = await fapi.secure.send('/oidc/token', fapi.redemption(value), {
        dpop: fapi.dpop,
      });
      expect([status, body['token_type']]).toEqual([200, 'DPoP']);
      expect(['ES256', 'PS256', 'EdDSA']).toContain(decodeProtectedHeader(String(body['id_token'])).alg); // §5.4.1
    });

    it('§5.3.2.1: the refresh token stays the same', async () => {
      const { body } = await fapi.redeem();
      const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      for (let turn = 0; turn < 2; turn += 1) {
        const again = await fapi.secure.send('/oidc/token', refresh, { dpop: fapi.dpop });
        expect(again.body['refresh_token'] ?? refresh.refresh_token).toBe(refresh.refresh_token);
        expect(again.body['token_type']).toBe('DPoP');
      }
    });

    it.each(['ES256', 'PS256', 'EdDSA'] as const)('§5.4.1: an assertion signed with %s', async (alg) => {
      expect((await fapi.asserted({}, fapi.keys[alg])).status).toBe(200);
    });

    it('§5.3.2.1: an assertion of a clock eight seconds ahead', async () => {
      expect((await fapi.asserted({ iat: now() + 8, nbf: now() + 8 })).status).toBe(200);
    });

    it('§5.3.2.1: a proof of a clock eight seconds ahead', async () => {
      const url = `${world.issuer}/oidc/token`;
      const dpop = await makeProof(fapi.dpop, 'POST', url, { claims: { iat: now() + 8 } });
      expect((await fapi.ownToken({}, { headers: { dpop } })).status).toBe(200);
    });

    it.each([
      ['RFC 9449 §11.1: made ten seconds ago', () => ({ iat: now() - 10 })],
      ['§5.3.2.1: of a clock ten seconds ahead', () => ({ iat: now() + 10 })],
      ['RFC 7519 §4.1.4, §4.1.5: with nbf and exp', () => ({ nbf: now(), exp: now() + 300 })],
    ])('a proof, %s, is good at the token endpoint and at userinfo', async (_what, claims) => {
      const redemption = fapi.redemption(await fapi.code());
      const dpop = await makeProof(fapi.dpop, 'POST', `${world.issuer}/oidc/token`, { claims: claims() });
      const { status, body } = await fapi.secure.send('/oidc/token', redemption, { headers: { dpop } });
      expect([status, body['token_type']]).toEqual([200, 'DPoP']);
      expect((await userinfo(String(body['access_token']), claims())).status).toBe(200);
    });

    it.each([
      ['a nonce of 64 characters', { nonce: 'n'.repeat(64) }],
      ['a nonce of 384 characters', { nonce: 'n'.repeat(384) }],
      ['a state of 384 characters', { state: 's'.repeat(384) }],
    ] as [string, Record<string, string>][])(
      'OpenID Connect Core §3.1.2.1: %s comes back whole',
      async (_what, change) => {
        const url = await fapi.askPushed(fapi.secure, await fapi.push(fapi.secure, change));
        expect(url.searchParams.get('state')).toBe(change['state'] ?? 'the-state');
        const code = url.searchParams.get('code') ?? '';
        const { body } = await fapi.secure.send('/oidc/token', fapi.redemption(code), { dpop: fapi.dpop });
        expect(decodeJwt(String(body['id_token']))['nonce']).toBe(change['nonce'] ?? 'the-nonce');
      },
    );

    it('RFC 9110 §11.1, RFC 9449 §7.1: the scheme’s name may be written in any letters', async () => {
      const { body } = await fapi.redeem();
      for (const scheme of ['DPoP', 'dpop', 'DPOP'])
        expect([scheme, (await userinfo(String(body['access_token']), {}, scheme)).status]).toEqual([
          scheme,
          200,
        ]);
    });

    it('RFC 6749 §4.1.1, §4.1.2: a request without a state; the answer has none', async () => {
      const url = await fapi.askPushed(fapi.secure, await fapi.push(fapi.secure, { state: undefined }));
      expect([...url.searchParams.keys()].sort()).toEqual(['code', 'iss']);
    });

    it('OpenID Connect Core §3.1.2.1: a request without a nonce; the ID token has none', async () => {
      const nonceOf = async (change: { nonce?: undefined }): Promise<unknown> => {
        const { body } = await fapi.redeem(change);
        return decodeJwt(String(body['id_token']))['nonce'];
      };
      expect([await nonceOf({}), await nonceOf({ nonce: undefined })]).toEqual(['the-nonce', undefined]);
    });

    it('OpenID Connect Core §5.5: claims asked for one by one come at userinfo, of the person not in the ID token', async () => {
      const told = async (change: { claims?: string }): Promise<unknown[]> => {
        const { body } = await fapi.redeem({ scope: 'openid', ...change });
        const answer = await userinfo(String(body['access_token']));
        return [decodeJwt(String(body['id_token'])), await answer.json()];
      };
      const [, unasked] = await told({});
      expect(Object.keys(unasked as object)).toEqual(['sub']);
      const asked = { name: { essential: true }, email: null, preferred_username: { value: 'demo.nurse' } };
      const [token, info] = await told({ claims: JSON.stringify({ id_token: asked, userinfo: asked }) });
      expect(Object.keys(info as object).sort()).toEqual(['email', 'name', 'preferred_username', 'sub']);
      for (const name of Object.keys(asked)) expect(token).not.toHaveProperty(name);
    });

    it('§5.3.2.1: a code bound to the key of a proof at PAR, or to dpop_jkt', async () => {
      const jkt = await calculateJwkThumbprint(await exportJWK(fapi.dpop.publicKey));
      for (const pushed of [
        await fapi.secure.send('/oidc/par', fapi.secure.request(), { dpop: fapi.dpop }),
        await fapi.push(fapi.secure, { dpop_jkt: jkt }),
      ]) {
        const value = (await fapi.askPushed(fapi.secure, pushed)).searchParams.get('code') ?? '';
        const stolen = await fapi.secure.send('/oidc/token', fapi.redemption(value), { dpop: fapi.other });
        expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      }
    });
  });

  it.each(REFUSALS)('%s is refused', async (_what, send, error) => {
    const { status, body } = await send(fapi, world);
    expect([status, body['error']]).toEqual([error === 'invalid_client' ? 401 : 400, error]);
    expect(body).not.toHaveProperty('access_token');
  });

  it.each([
    ['§5.3.2.2: a request that was not pushed', async () => fapi.secure.request()],
    [
      '§5.3.2.2: one that is only signed',
      async () => ({ client_id: 'fapisp-app', request: await fapi.secure.requestObject() }),
    ],
    [
      '§5.3.2.2: one elsewhere',
      async () => ({ client_id: 'fapisp-app', request_uri: 'https://evil.test/r' }),
    ],
    [
      '§5.3.2.2: one of another client',
      async () => ({
        client_id: 'fapims-app',
        request_uri: String((await fapi.push(fapi.secure)).body['request_uri']),
      }),
    ],
    [
      '§5.3.2.2: one that was used',
      async () => {
        const request_uri = String((await fapi.push(fapi.secure)).body['request_uri']);
        await fapi.ask({ client_id: fapi.secure.clientId, request_uri });
        return { client_id: fapi.secure.clientId, request_uri };
      },
    ],
    ['§5.3.2.1: an open redirector', async () => fapi.secure.request({ redirect_uri: 'https://evil.test/' })],
  ] as [string, () => Promise<Record<string, string>>][])('%s gets no code', async (_what, make) => {
    const { url, status } = await fapi.ask(await make());
    expect(url.href).not.toMatch(/[?&](code|response)=|evil\.test\//);
    if (status === 0)
      expect(url.searchParams.get('error')).toMatch(/^(invalid_request|request_uri_not_supported)$/);
    else expect(status).toBe(400);
  });

  it.each([
    [
      'Message Signing §5.3.1: for this server among others',
      () => ({ aud: ['https://other.example', world.issuer] }),
    ],
    [
      'Security Profile §5.3.2.1: of a clock eight seconds ahead',
      () => ({ iat: now() + 8, nbf: now() + 8, exp: now() + 300 }),
    ],
  ])('%s, a signed request is taken and answered with a code', async (_what, claims) => {
    const url = await fapi.askPushed(fapi.signing, await fapi.pushSigned(claims()));
    expect(decodeJwt(url.searchParams.get('response') ?? '')).toHaveProperty('code');
  });

  it('Message Signing §5.3, §5.4, §5.5: request, answer and introspection are signed', async () => {
    const url = await fapi.askPushed(fapi.signing, await fapi.pushSigned());
    const ours = createRemoteJWKSet(new URL(`${world.issuer}/oidc/jwks`));
    const expected = { issuer: world.issuer, audience: fapi.signing.clientId, algorithms: ['ES256'] };
    const { payload } = await jwtVerify(url.searchParams.get('response') ?? '', ours, expected);
    const { body } = await fapi.signing.send('/oidc/token', fapi.redemption(String(payload['code'])), {
      dpop: fapi.dpop,
    });
    expect(body['token_type']).toBe('DPoP');
    const token = String(body['access_token']);
    const answer = await fapi.signing.send('/oidc/introspection', { token }, { headers: { accept: JWT } });
    expect(decodeJwt(String(answer.body['text']))['token_introspection']).toMatchObject({
      active: true,
      cnf: { jkt: expect.any(String) },
    });
  });
});
