import { decodeJwt } from 'jose';
import { type ClientCertificate, makeCertificate } from '../support/client-certificate.ts';
import { makeProof } from '../support/dpop-proof.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { ACCESS_TOKEN, EXCHANGE, browserOf } from '../support/relying-party.ts';
import {
  type SigningClient,
  VERIFIER,
  declareSigningClient,
  giveAccount,
  makeKey,
} from '../support/signing-client.ts';

const PROXY = '127.0.0.9';
const ALIAS = 'https://mtls.entry.example';
const SECOND = 'P@00000001P@tlsca_02';
const NAME = 'CN=client.tlsca.example, O=Laboratory\\, Ltd., C=TW';

describe('a client’s certificate, passed on by a proxy', () => {
  let world: IdpWorld;
  let named: SigningClient;
  let registered: SigningClient;
  let own: ClientCertificate;
  let stranger: ClientCertificate;
  let selfSigned: ClientCertificate;

  beforeAll(async () => {
    [own, stranger, selfSigned] = await Promise.all([
      makeCertificate(NAME),
      makeCertificate('CN=stranger.example, O=Laboratory\\, Ltd., C=TW'),
      makeCertificate('CN=whatever'),
    ]);
    world = await startIdpWorld({
      env: {
        IDP_CLIENT_CERTIFICATE_HEADER: 'x-client-cert',
        IDP_CLIENT_CERTIFICATE_VERIFIED_HEADER: 'x-client-verify',
        IDP_CLIENT_CERTIFICATE_PROXIES: `${PROXY}, 10.0.0.0/8`,
        IDP_MTLS_ORIGIN: ALIAS,
      },
    });
    const key = await makeKey('ES256');
    const grants = ['authorization_code', 'refresh_token', 'client_credentials', EXCHANGE];
    const first = await declareSigningClient(world, 'tlsca', key, ({ client }) => {
      delete client['jwks'];
      Object.assign(client, {
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_subject_dn: NAME,
        tls_client_certificate_bound_access_tokens: true,
        require_pushed_authorization_requests: false,
        grant_types: grants,
      });
    });
    const second = await declareSigningClient(world, 'tlsown', key, ({ client }) => {
      Object.assign(client, {
        token_endpoint_auth_method: 'self_signed_tls_client_auth',
        jwks: { keys: [selfSigned.jwk] },
        grant_types: grants,
      });
    });
    expect([first.answer, second.answer]).toMatchObject([{ code: 0 }, { code: 0 }]);
    await giveAccount(world, 'tlsca', SECOND);
    [named, registered] = [first.client, second.client];
    await eventually(async () => {
      expect((await enter(registered, shows(selfSigned))).status).toBe(200);
    });
  });
  afterAll(() => world.stop());

  const shows = (certificate: ClientCertificate, verdict = 'SUCCESS'): Record<string, string> => ({
    'x-client-cert': certificate.escaped,
    'x-client-verify': verdict,
  });
  const base = (): string => world.issuer.replace('localhost', '127.0.0.1');
  const send = async (
    path: string,
    parameters: Record<string, string>,
    headers: Record<string, string | string[]>,
    from = PROXY,
  ) => {
    const answer = await rawRequest(base(), 'POST', path, {
      headers: { ...FORM, host: new URL(world.issuer).host, ...headers },
      body: new URLSearchParams(parameters).toString(),
      from,
    });
    return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
  };
  const enter = (client: SigningClient, headers: Record<string, string | string[]>, from?: string) =>
    send('/oidc/token', { grant_type: 'client_credentials', client_id: client.clientId }, headers, from);

  it('RFC 8705 §2.1: proves who the client is when an authority vouches for it and the name is registered', async () => {
    expect((await enter(named, shows(own))).status).toBe(200);
    expect((await enter(named, { 'x-client-cert': own.base64, 'x-client-verify': '0' })).status).toBe(200);
    expect((await enter(named, { 'x-client-cert': `:${own.base64}:`, 'x-client-verify': '0' })).status).toBe(
      200,
    );
  });

  it('RFC 8705 §2.2: or when it is registered itself, whoever vouches for it', async () => {
    expect((await enter(registered, shows(selfSigned, 'FAILED:self-signed'))).status).toBe(200);
    expect((await enter(registered, shows(own))).status).toBe(401);
  });

  it('B15: proves nothing in any other way', async () => {
    const twin = await makeCertificate(NAME);
    const refused: [string, Promise<{ status: number; json: Record<string, unknown> }>][] = [
      ['nobody vouches', enter(named, shows(twin, 'FAILED:unable to get local issuer certificate'))],
      ['nothing is said', enter(named, { 'x-client-cert': own.escaped })],
      ['no certificate', enter(named, { 'x-client-cert': '', 'x-client-verify': 'NONE' })],
      ['no header', enter(named, {})],
      ['of another name', enter(named, shows(stranger))],
      ['two at once', enter(named, { ...shows(own), 'x-client-cert': [own.base64, own.base64] })],
      ['no certificate in it', enter(named, { ...shows(own), 'x-client-cert': 'bm90IGEgY2VydGlmaWNhdGU=' })],
      ['by its name', enter(named, { ...shows(own), 'x-client-cert': NAME })],
      ['past the proxy', enter(named, shows(own), '127.0.0.1')],
      ['past the proxy, registered', enter(registered, shows(selfSigned), '127.0.0.8')],
      [
        'past the proxy, which is named',
        enter(named, { ...shows(own), 'x-forwarded-for': PROXY, 'x-real-ip': PROXY }, '127.0.0.1'),
      ],
      [
        'with a secret',
        send(
          '/oidc/token',
          { grant_type: 'client_credentials', client_id: named.clientId, client_secret: 'x' },
          shows(own),
        ),
      ],
    ];
    for (const [what, answer] of refused) {
      const { status, json } = await answer;
      expect([what, status, json['error']]).toEqual([what, 401, 'invalid_client']);
    }
  });

  describe('a token bound to it', () => {
    let tokens: Record<string, unknown>;

    beforeAll(async () => {
      tokens = await redeem(shows(own));
    });

    async function redeem(headers: Record<string, string>) {
      const browser = browserOf(world);
      const request = named.request({ account: 'P@00000001P@tlsca_01' });
      await browser.open(`${world.issuer}/oidc/auth?${new URLSearchParams(request).toString()}`);
      const { url } = await signIn(browser, 'demo.nurse');
      const answer = await send(
        '/oidc/token',
        {
          grant_type: 'authorization_code',
          client_id: named.clientId,
          code: url.searchParams.get('code') ?? '',
          redirect_uri: named.redirectUri,
          code_verifier: VERIFIER,
        },
        headers,
      );
      return answer.json;
    }
    const userinfo = async (headers: Record<string, string>, from = PROXY) =>
      (
        await rawRequest(base(), 'GET', '/oidc/userinfo', {
          headers: { authorization: `Bearer ${String(tokens['access_token'])}`, ...headers },
          from,
        })
      ).status;

    it('RFC 8705 §3: says so, and is of use beside it alone', async () => {
      const body = { token: String(tokens['access_token']), client_id: named.clientId };
      const { json } = await send('/oidc/introspection', body, shows(own));
      expect(json).toMatchObject({ active: true, cnf: { 'x5t#S256': own.thumbprint } });
      expect(await userinfo(shows(own, 'FAILED'))).toBe(200);
      expect(await userinfo({})).toBe(401);
      expect(await userinfo(shows(stranger))).toBe(401);
      expect(await userinfo(shows(own), '127.0.0.1')).toBe(401);
    });

    it('RFC 8705 §3.1: is bound as a JWT too, and so is what is got for a refresh token', async () => {
      const resource = { resource: 'https://tlsca.example/api', scope: 'lab:read' };
      const own2 = { grant_type: 'client_credentials', client_id: named.clientId, ...resource };
      const { json } = await send('/oidc/token', own2, shows(own));
      expect(decodeJwt(String(json['access_token']))).toMatchObject({ cnf: { 'x5t#S256': own.thumbprint } });
      const refresh = {
        grant_type: 'refresh_token',
        client_id: named.clientId,
        refresh_token: String(tokens['refresh_token']),
      };
      expect((await send('/oidc/token', refresh, shows(own))).status).toBe(200);
      expect((await send('/oidc/token', refresh, {})).status).toBe(401);
    });

    it('RFC 8705 §3: opens the directory API beside it alone, at either origin', async () => {
      const asked = { resource: `${world.issuer}/api/v1`, scope: 'unit_register:read' };
      const own2 = { grant_type: 'client_credentials', client_id: named.clientId, ...asked };
      const { json } = await send('/oidc/token', own2, shows(own));
      const authorization = `Bearer ${String(json['access_token'])}`;
      const call = async (headers: Record<string, string>, from = PROXY) => {
        const init = { headers: { authorization, ...headers }, from };
        const answer = await rawRequest(base(), 'GET', '/api/v1/unit-register', init);
        return [answer.status, answer.headers['www-authenticate']];
      };
      expect(await call(shows(own))).toEqual([200, undefined]);
      expect(await call({ ...shows(own), host: new URL(ALIAS).host })).toEqual([200, undefined]);
      const refused = [401, 'Bearer error="invalid_token"'];
      expect(await call({})).toEqual(refused);
      expect(await call(shows(stranger))).toEqual(refused);
      expect(await call(shows(own), '127.0.0.1')).toEqual(refused);
    });

    it('C17: is exchanged beside it alone, for one bound to it as well', async () => {
      const exchange = {
        grant_type: EXCHANGE,
        client_id: named.clientId,
        subject_token: String(tokens['access_token']),
        subject_token_type: ACCESS_TOKEN,
        account: SECOND,
      };
      expect((await send('/oidc/token', exchange, {})).status).toBe(401);
      const renewed = await makeCertificate(NAME); // the client's own, but another one
      const wrong = await send('/oidc/token', exchange, shows(renewed));
      expect(wrong).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
      const right = await send('/oidc/token', exchange, shows(own));
      expect(right).toMatchObject({ status: 200, json: { token_type: 'Bearer' } });
      tokens = right.json;
      expect(await userinfo(shows(own))).toBe(200);
      expect(await userinfo({})).toBe(401);
    });
  });

  it('RFC 8705 §3.3, §5: the metadata says how, and where; the issuer stays what it is', async () => {
    const read = async (headers: Record<string, string> = {}) =>
      JSON.parse(
        (await rawRequest(base(), 'GET', '/.well-known/oauth-authorization-server', { headers, from: PROXY }))
          .body,
      ) as Record<string, unknown>;
    const metadata = await read();
    expect(metadata).toMatchObject({
      issuer: world.issuer,
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: {
        token_endpoint: `${ALIAS}/oidc/token`,
        userinfo_endpoint: `${ALIAS}/oidc/userinfo`,
      },
    });
    expect(metadata['token_endpoint_auth_methods_supported']).toEqual(
      expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']),
    );
    expect(await read({ host: new URL(ALIAS).host })).toEqual(metadata);
    const there = { ...shows(own), host: new URL(ALIAS).host };
    expect((await enter(named, there)).status).toBe(200);
  });

  it('RFC 9449 §4.3: a proof made for the alias is one for the alias', async () => {
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])) as never;
    const there = { ...shows(selfSigned), host: new URL(ALIAS).host };
    // the scheme is the issuer's: in this world http
    const htu = `${ALIAS.replace('https', 'http')}/oidc/token`;
    const right = await enter(registered, { ...there, dpop: await makeProof(pair, 'POST', htu) });
    expect(right).toMatchObject({ status: 200, json: { token_type: 'DPoP' } });
    const wrong = { ...shows(selfSigned), dpop: await makeProof(pair, 'POST', htu) };
    expect((await enter(registered, wrong)).status).toBe(400);
  });
});
