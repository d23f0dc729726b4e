import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { CIBA_GRANT } from './support/ciba.ts';
import { cibaSuite, readSuiteClient } from './support/ciba-suite.ts';
import { makeCertificate } from '../examples/certification/certificate.ts';
import { type Pem, fetchShowing } from './support/fetch-showing.ts';
import { cloneDatabase } from './support/databases.ts';
import { type SuitePlan, holds } from './support/suite-browser.ts';
import { eventually } from './support/eventually.ts';
import { createJourney, signIn } from './support/journey.ts';
import { type Replica, freePort, startReplica } from './support/replica.ts';

const SUITE = 'https://suite.example';
const REDIRECT = `${SUITE}/test/a/single-entry/callback`;
const trusted = tls.getCACertificates('default');

describe('certification mode', () => {
  let program: Replica;
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let issuer: string;

  beforeAll(async () => {
    clone = await cloneDatabase('idp');
    program = await startReplica(['examples/certification/main.ts'], {
      NODE_ENV: 'development',
      CERTIFICATION_DATABASE_URL: clone.url,
      CERTIFICATION_PORT: String(await freePort()),
      CERTIFICATION_INNER_PORT: String(await freePort()),
      CERTIFICATION_SUITE: SUITE,
      ARGON2_MEMORY_KIB: '64',
      ARGON2_TIME: '1',
    });
    issuer = String(program.message['issuer']);
    tls.setDefaultCACertificates([...trusted, String(program.message['certificate'])]);
  });
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted);
    await program.stop();
    await clone.drop();
  });

  const planOf = (name: string): SuitePlan => {
    const plans = JSON.parse(readFileSync(String(program.message['plans']), 'utf8')) as Record<
      string,
      SuitePlan
    >;
    const plan = plans[name];
    if (!plan) throw new Error('there is no such plan');
    return plan;
  };
  const register = (metadata: Record<string, unknown>, authentication?: oidc.ClientAuth) =>
    oidc.dynamicClientRegistration(
      new URL(issuer),
      { redirect_uris: [REDIRECT], client_name: 'the suite', ...metadata },
      authentication,
    );
  const visit = async (
    config: oidc.Configuration,
    parameters: Record<string, string> = {},
    how: { pushed?: boolean; dpop?: oidc.DPoPHandle } = {},
  ) => {
    const request = { redirect_uri: REDIRECT, scope: 'openid profile', ...parameters };
    const url = how.pushed
      ? await oidc.buildAuthorizationUrlWithPAR(config, request, how.dpop ? { DPoP: how.dpop } : {})
      : oidc.buildAuthorizationUrl(config, request);
    const browser = createJourney({ stopAt: SUITE });
    await browser.open(url.href);
    const page = await signIn(browser, 'demo.nurse');
    const consents = page.forms.some(({ action }) => action.endsWith('/consent'));
    const last = consents
      ? await browser.submit(
          ({ action }) => action.endsWith('/consent'),
          {},
          ({ value }) => value === 'allow',
        )
      : page;
    return { browser, page: last };
  };

  it.each([
    ['client_secret_basic', (secret: string) => oidc.ClientSecretBasic(secret)],
    ['client_secret_post', (secret: string) => oidc.ClientSecretPost(secret)],
  ])(
    'Registration §2, Core §9: anybody registers, and signs in by %s, without PKCE, by RS256',
    async (method, by) => {
      const { client_id: id, client_secret: secret = '' } = (
        await register({ token_endpoint_auth_method: method })
      ).clientMetadata();
      const config = await oidc.discovery(new URL(issuer), id, {}, by(secret));
      const { page } = await visit(config);
      const tokens = await oidc.authorizationCodeGrant(config, page.url);
      expect(decodeProtectedHeader(tokens.id_token ?? '')).toMatchObject({ alg: 'RS256' });
      const { sub } = tokens.claims() ?? { sub: '' };
      expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub });
    },
  );

  it('Core §9, RFC 9126, RFC 9449: private_key_jwt, a pushed request and tokens bound to a key', async () => {
    const keys = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
    const byKey = oidc.PrivateKeyJwt({ key: keys.privateKey, kid: 'k' });
    const config = await register(
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [jwk] },
        dpop_bound_access_tokens: true,
      },
      byKey,
    );
    const dpop = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const verifier = oidc.randomPKCECodeVerifier();
    const challenge = {
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    const { page } = await visit(config, challenge, { pushed: true, dpop });
    const tokens = await oidc.authorizationCodeGrant(
      config,
      page.url,
      { pkceCodeVerifier: verifier },
      undefined,
      { DPoP: dpop },
    );
    expect(tokens.token_type).toBe('dpop');
  });

  it('RFC 8705 §2.2, §3: a certificate shown at the TLS port proves the client and binds its tokens', async () => {
    const [own, other] = await Promise.all([makeCertificate('client.example'), makeCertificate('x.example')]);
    const shown = new X509Certificate(own.certificate);
    const jwk = { ...(await exportJWK(shown.publicKey)), kid: 'c', x5c: [shown.raw.toString('base64')] };
    const by = { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } };
    const bound = { tls_client_certificate_bound_access_tokens: true };
    const registered = await register({ ...by, ...bound }, oidc.TlsClientAuth());
    const { client_id: id } = registered.clientMetadata();
    const connect = (certificate?: Pem): Promise<oidc.Configuration> =>
      oidc.discovery(new URL(issuer), id, bound, oidc.TlsClientAuth(), {
        [oidc.customFetch]: fetchShowing(String(program.message['certificate']), certificate),
      });
    const [config, bare, stranger] = await Promise.all([connect(own), connect(), connect(other)]);
    const { page } = await visit(config);
    for (const wrong of [bare, stranger]) {
      await expect(oidc.authorizationCodeGrant(wrong, page.url)).rejects.toMatchObject({
        error: 'invalid_client',
      });
    }
    const tokens = await oidc.authorizationCodeGrant(config, page.url);
    const { sub } = tokens.claims() ?? { sub: '' };
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub });
    for (const wrong of [bare, stranger]) {
      await expect(oidc.fetchUserInfo(wrong, tokens.access_token, sub)).rejects.toMatchObject({
        cause: [{ parameters: { error: 'invalid_token' } }],
      });
    }
  });

  it('Form Post §2, RP-Initiated Logout §2, Core §4: the answer as a form, the way out, a sign-in begun from outside', async () => {
    const { client } = planOf('oidcc-rp-initiated-logout-certification-test-plan');
    const by = oidc.ClientSecretBasic(client.client_secret);
    const config = await oidc.discovery(new URL(issuer), client.client_id, {}, by);
    const { browser, page } = await visit(config, { response_mode: 'form_post', state: 'x' });
    const form = page.forms.find(({ action }) => action === REDIRECT);
    expect(form?.fields).toMatchObject({ code: expect.any(String), state: 'x', iss: issuer });
    const back = new URL(`${REDIRECT}?${new URLSearchParams(form?.fields).toString()}`);
    const tokens = await oidc.authorizationCodeGrant(config, back, { expectedState: 'x' });
    const out = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${SUITE}/test/a/single-entry/post_logout_redirect`,
      state: 'y',
    });
    await browser.open(out.href);
    const left = await browser.submit(
      (candidate) => 'xsrf' in candidate.fields,
      {},
      ({ name }) => name === 'logout',
    );
    expect(left.url.href).toBe(`${SUITE}/test/a/single-entry/post_logout_redirect?state=y`);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });

    const beginnings = await createJourney().open(`${issuer}/certification/third-party-login`);
    expect(beginnings.text).toContain('certification-third-party');
    const begun = await fetch(`${issuer}/certification/third-party-login?client=certification-third-party`, {
      redirect: 'manual',
    });
    expect(begun.headers.get('location')).toBe(
      `${SUITE}/test/a/single-entry/initiate_login?iss=${encodeURIComponent(issuer)}`,
    );
  });

  it('what the suite’s browser is told to fill in and press is on each page, by its name, without a script', async () => {
    const { client, browser: steps } = planOf('oidcc-basic-certification-test-plan');
    const by = oidc.ClientSecretBasic(client.client_secret);
    const config = await oidc.discovery(new URL(issuer), client.client_id, {}, by);
    const browser = createJourney({ stopAt: SUITE, locale: 'en' });
    const [begin, leave] = steps;
    const [signing, consenting] = begin?.tasks ?? [];
    const request = { redirect_uri: REDIRECT, scope: 'openid profile' };
    const first = await browser.open(oidc.buildAuthorizationUrl(config, request).href);
    if (!signing || !consenting || !leave?.tasks[0]) throw new Error('a step is missing');
    holds(first, signing);
    expect(first.html).toMatch(/id="form"[\s\S]*class="actions"[\s\S]*<button/);
    const consent = await signIn(browser, 'demo.nurse');
    if (consent.forms.length > 0) holds(consent, consenting);
    holds(await browser.open(`${issuer}/oidc/logout`), leave.tasks[0]);
  });

  it('Discovery §3, §10.1.1: keys change when asked, and what was signed before stays good', async () => {
    const kids = async (): Promise<string[]> => {
      const { keys } = (await (await fetch(`${issuer}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    };
    const before = await kids();
    expect((await fetch(`${issuer}/certification/keys`, { method: 'POST' })).status).toBe(204);
    await eventually(async () => expect((await kids()).length).toBeGreaterThan(before.length), 20_000);
    expect(await kids()).toEqual(expect.arrayContaining(before));
  });

  describe('FAPI-CIBA', () => {
    const clientOf = (mode: 'poll' | 'ping', which: '' | '2' = '') =>
      readSuiteClient(String(program.message['plans']), mode, which);
    const suiteOf = (client: ReturnType<typeof clientOf>) =>
      cibaSuite(issuer, String(program.message['certificate']), client);

    it('CIBA §7, §10.1, FAPI-CIBA §5.2.2: signed requests, answered by a call, tokens bound to a certificate', async () => {
      const suite = suiteOf(clientOf('poll'));
      const { status, body: asked } = await suite.ask({ requested_expiry: '30', scope: 'profile openid' });
      expect([status, asked]).toMatchObject([200, { expires_in: 30, interval: 5 }]);
      const id = asked['auth_req_id'];
      expect(await suite.fetch(id)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
      expect((await suite.decide(id, 'allow')).status).toBe(204);
      expect((await suite.decide(id, 'allow')).status).toBe(404);
      expect((await suite.fetch(id, undefined, 'RS256')).status).toBe(401);
      expect((await suite.fetch(id, { cert: '', key: '' })).status).toBe(400);
      const request = await suite.sign(suite.claims());
      const weak = await suite.authenticated('/oidc/backchannel', { request }, undefined, 'RS256');
      const bare = { auth_req_id: String(id), client_id: clientOf('poll').client_id };
      const unproved = await suite.post('/oidc/token', { grant_type: CIBA_GRANT, ...bare });
      for (const { status: refused } of [weak, unproved]) expect(refused).toBe(401);
      const { body: tokens } = await suite.fetch(id);
      expect(decodeProtectedHeader(String(tokens['id_token']))).toMatchObject({ alg: 'PS256' });
      expect(tokens).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
      const refreshed = { grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) };
      expect((await suite.authenticated('/oidc/token', refreshed)).status).toBe(200);

      const { body: refused } = await suite.ask();
      expect((await suite.decide(refused['auth_req_id'], 'deny')).status).toBe(204);
      expect((await suite.fetch(refused['auth_req_id'])).body).toMatchObject({ error: 'access_denied' });
      expect((await suiteOf(clientOf('poll', '2')).fetch(refused['auth_req_id'])).body).toMatchObject({
        error: 'invalid_grant',
      });
      const ping = suiteOf(clientOf('ping'));
      expect((await ping.ask()).body).toMatchObject({ error: 'invalid_request' });
      const token = { client_notification_token: 'n'.repeat(32) };
      expect((await ping.ask(token)).body).toMatchObject({ auth_req_id: expect.any(String) });
    });

    it('CIBA §7.1.1, FAPI-CIBA §5.2.2: each request object that is not as it must be is refused', async () => {
      const suite = suiteOf(clientOf('poll'));
      const [second, at] = [clientOf('poll', '2'), suite.now()];
      const wrong: Record<string, unknown>[] = [
        ...['aud', 'iss', 'exp', 'iat', 'nbf', 'jti'].map((name) => ({ [name]: undefined })),
        { aud: 'https://elsewhere.example' },
        { iss: 'somebody-else' },
        { exp: at - 120 },
        { exp: at + 70 * 60 },
        { nbf: at + 10 * 60 },
        { nbf: at - 70 * 60 },
        { id_token_hint: 'x' },
        { login_hint: undefined },
      ];
      for (const change of wrong) {
        expect([change, await suite.ask(change)]).toMatchObject([
          change,
          { status: 400, body: { error: 'invalid_request' } },
        ]);
      }
      const objects = [
        await suite.sign(suite.claims(), 'RS256'),
        await suite.sign(suite.claims(), 'PS256', second.jwks.keys[0]),
        suite.unsigned(suite.claims()),
        `${(await suite.sign(suite.claims())).slice(0, -8)}AAAAAAAA`,
      ];
      for (const request of objects) {
        const answer = await suite.authenticated('/oidc/backchannel', { request });
        expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
      }
      expect((await suite.authenticated('/oidc/backchannel', {})).status).toBe(400);
      const nobody = { client_id: second.client_id, request: await suite.sign(suite.claims()) };
      expect(await suite.post('/oidc/backchannel', nobody)).toMatchObject({ status: 401 });
    });
  });
});
