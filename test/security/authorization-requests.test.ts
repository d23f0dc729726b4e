import { randomUUID } from 'node:crypto';
import * as oidc from 'openid-client';
import { SignJWT, UnsecuredJWT, decodeJwt, importJWK } from 'jose';
import { loadKeySnapshot } from '#idp/signing-keys/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { FORM, type RawAnswer, rawRequest } from '../support/raw-http.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const PUBLIC_CLIENTS = ['spa-app', 'bound-app'];
const CLIENTS = [...PUBLIC_CLIENTS, 'third-app', 'service-app', 'lab-app', 'mch-app'];
const PUSHING = new Set(['lab-app', 'mch-app']);

describe('an authorization request', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  describe('with a redirect URI that is not registered to the letter', () => {
    it.each([
      (uri: URL) => `${uri.href}/`,
      (uri: URL) => uri.href.toUpperCase(),
      (uri: URL) => `${uri.origin}/Callback`,
      (uri: URL) => `${uri.origin}/callback/../callback`,
      (uri: URL) => `${uri.origin}/callback/..;/callback`,
      (uri: URL) => `${uri.origin}/callback%2e`,
      (uri: URL) => `${uri.origin}/%63allback`,
      (uri: URL) => `${uri.origin}//callback`,
      (uri: URL) => `${uri.origin}/callback;a=b`,
      (uri: URL) => `${uri.href}?a=b`,
      (uri: URL) => `${uri.href}?`,
      (uri: URL) => `${uri.href}#`,
      (uri: URL) => `${uri.href}#fragment`,
      (uri: URL) => `${uri.href}\\`,
      (uri: URL) => `${uri.href}%00`,
      (uri: URL) => `${uri.href} `,
      (uri: URL) => uri.href.replace('http:', 'https:'),
      (uri: URL) => uri.href.replace('localhost', '127.0.0.1'),
      (uri: URL) => uri.href.replace('localhost', 'localhost.'),
      (uri: URL) => uri.href.replace('localhost', 'ｌocalhost'),
      (uri: URL) => uri.href.replace('localhost', 'user@localhost'),
      (uri: URL) => uri.href.replace('localhost', 'localhost@evil.test'),
      (uri: URL) => `http://localhost:${uri.port}@evil.test/callback`,
      (uri: URL) => `http://evil.test\\@localhost:${uri.port}/callback`,
      (uri: URL) => uri.href.replace(uri.port, '81'),
      (uri: URL) => `http://localhost/callback`.replace('localhost', uri.hostname),
      () => 'https://evil.test/callback',
      () => 'javascript:alert(1)',
      () => 'data:text/html,x',
      () => '//localhost/callback',
      () => '/callback',
      () => '',
      () => undefined,
    ])('goes nowhere (%#)', async (mutate) => {
      for (const prompt of ['login', 'none', 'nonsense']) {
        const answer = await authorize({
          prompt,
          redirect_uri: mutate(new URL(`${world.rpOrigin}/callback`)),
        });
        expect(answer).toMatchObject({ status: 400 });
        expect(answer.headers).not.toHaveProperty('location');
        expect(answer.headers['content-type']).toContain('text/html');
      }
    });
  });

  it.each(['token', 'id_token', 'code id_token', 'code token', 'code id_token token', 'none', 'CODE', ''])(
    'for the response type %j gets none',
    async (type) => {
      const answer = await authorize({ response_type: type });
      const { location = '' } = answer.headers;
      expect(errorOf(location)).toMatch(/^(unsupported_response_type|invalid_request)$/);
      expect(location).not.toMatch(/[?&#](code|access_token|id_token)=/);
    },
  );

  it.each(['fragment', 'web_message', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt', 'nonsense'])(
    'for the response mode %s gets none, from no client',
    async (mode) => {
      for (const clientId of CLIENTS) {
        const answer = await push(clientId, { response_mode: mode });
        expect(answer.error).toMatch(/^(unsupported_response_mode|invalid_request)$/);
      }
    },
  );

  it('is asked of every client with a challenge, and only with S256', async () => {
    const metadata = (await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json()) as {
      [name: string]: unknown;
    };
    expect(metadata).toMatchObject({
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    const wrong: Record<string, string | undefined>[] = [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
      { code_challenge_method: 's256' },
      { code_challenge: CHALLENGE.slice(0, 42) },
      { code_challenge: CHALLENGE.repeat(3) },
      { code_challenge: `${CHALLENGE.slice(0, 42)}+` },
      { code_challenge: '' },
    ];
    for (const clientId of CLIENTS) {
      for (const parameters of wrong) {
        expect({ clientId, parameters, ...(await push(clientId, parameters)) }).toMatchObject({
          error: 'invalid_request',
        });
      }
    }
  });

  it.each([
    ['none at all', undefined],
    ['an empty one', ''],
    ['another one', 'x'.repeat(43)],
    ['the challenge itself', CHALLENGE],
    ['one with more behind it', `${VERIFIER}A`],
  ])('is answered by a code that cannot be redeemed with the verifier: %s', async (_what, verifier) => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const browser = browserOf(world);
    await spa.authorize(browser, { code_challenge: CHALLENGE }, { loginName: 'demo.nurse' });
    const code = browser.page()?.url.searchParams.get('code') ?? '';
    expect(code).not.toBe('');
    const answer = await post(world, '/oidc/token', {
      grant_type: 'authorization_code',
      client_id: 'spa-app',
      code,
      redirect_uri: spa.redirectUri,
      ...(verifier !== undefined && { code_verifier: verifier }),
    });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/^invalid_(grant|request)$/);
  });

  it.each([
    ['nobody is signed in', { prompt: 'none' }, 'login_required'],
    ['none and another prompt', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'nonsense' }, 'invalid_request'],
    ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
    [
      'a request object',
      { request: new UnsecuredJWT({ scope: 'openid' }).encode() },
      'invalid_request_object',
    ],
    ['registration', { registration: '{}' }, 'registration_not_supported'],
    ['a resource of another client', { resource: 'https://lab.example/api' }, 'invalid_target'],
    ['a resource nobody declares', { resource: 'https://evil.test/' }, 'invalid_target'],
    ['an unsigned hint', { id_token_hint: new UnsecuredJWT({ sub: 'a' }).encode() }, 'invalid_request'],
    ['a nonce without openid', { scope: 'profile', nonce: 'n' }, 'invalid_request'],
  ])('refused because of %s says who says so', async (_what, parameters, error) => {
    const { location = '' } = (await authorize({ ...parameters, state: 'as-sent' })).headers;
    const url = new URL(location);
    expect(`${url.origin}${url.pathname}`).toBe(`${world.rpOrigin}/callback`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error,
      state: 'as-sent',
      iss: world.issuer,
    });
  });

  it.each([
    ['client_id', 'client_id=lab-app'],
    ['redirect_uri', 'redirect_uri=https%3A%2F%2Fevil.test%2F'],
    ['scope', 'scope=openid+email'],
    ['account', 'account=a&account=b'],
    ['code_challenge', `code_challenge=${'A'.repeat(43)}`],
    ['prompt', 'prompt=none'],
  ])('with %s twice is answered with neither', async (name, more) => {
    const answer = await rawRequest(world.issuer, 'GET', `${urlOf({ prompt: 'login' })}&${more}`);
    const { location = '' } = answer.headers;
    expect(location).not.toContain('evil.test');
    expect(location).not.toMatch(/[?&]code=|^\/interaction/);
    if (name === 'client_id' || name === 'redirect_uri') expect(answer.status).toBe(400);
  });

  it('never gets a scope that is unknown, another resource’s, or not the client’s', async () => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const scope = 'openid admin lab:read service:run offline_access';
    const at = await spa.authorize(browserOf(world), { scope }, { loginName: 'demo.nurse' });
    const tokens = await spa.redeem(at);
    expect(tokens.scope).toBe('openid');
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const again = await rp.authorize(browserOf(world), { scope }, { loginName: 'demo.nurse' });
    expect((await rp.redeem(again)).scope).toBe('openid');
  });

  it('with a hint of somebody else is never answered for them, nor for whoever is there', async () => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const mine = browserOf(world);
    const tokens = await spa.redeem(await spa.authorize(mine, {}, { loginName: 'demo.nurse' }));
    const hint = tokens.id_token ?? '';
    const theirs = browserOf(world);
    await theirs.open(`${world.issuer}/sign-in`);
    await signIn(theirs, 'demo.new');
    const asked = { id_token_hint: hint, prompt: 'none' };
    expect(errorOf((await spa.authorize(theirs, asked)).callback.href)).toBe('login_required');
    const own = await spa.redeem(await spa.authorize(mine, asked));
    expect(own.claims()?.sub).toBe(decodeJwt(hint).sub);
    const [head, body] = hint.split('.');
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(hint), sub: 'another' })).toString('base64url');
    for (const bad of [`${head}.${forged}.${hint.split('.')[2]}`, `${head}.${body}.`, `${hint}x`]) {
      const answer = await spa.authorize(mine, { ...asked, id_token_hint: bad });
      expect(errorOf(answer.callback.href)).toBe('invalid_request');
    }
  });

  it('A11: with an address that is nobody’s opens no form towards it, whatever mode is asked for', async () => {
    for (const response_mode of ['form_post', 'form_post.jwt']) {
      for (const clientId of ['spa-app', 'nobody']) {
        const answer = await rawRequest(
          world.issuer,
          'GET',
          urlOf({ response_mode, redirect_uri: 'https://evil.test/callback' }, clientId),
        );
        expect(answer.status).toBe(400);
        expect(answer.headers['content-security-policy']).not.toContain('evil.test');
      }
    }
  });

  it('A18: with a hint that has run out signs nobody in, and with one of another issuer is none', async () => {
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const mine = browserOf(world);
    const tokens = await spa.redeem(await spa.authorize(mine, {}, { loginName: 'demo.nurse' }));
    const keyring = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '');
    const { db } = world.database;
    const { keys } = await loadKeySnapshot({ db, clock: () => new Date(), keyring });
    const ours = keys.find(({ alg }) => alg === 'ES256');
    const key = await importJWK(ours?.privateJwk ?? {}, 'ES256');
    const hintOf = (claims: object) =>
      new SignJWT({ ...decodeJwt(tokens.id_token ?? ''), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: ours?.kid ?? '' })
        .sign(key);
    const past = { iat: 1_700_000_000, exp: 1_700_000_600 };
    const ask = async (browser: Journey, id_token_hint: string) =>
      (await spa.authorize(browser, { prompt: 'none', id_token_hint })).callback;
    expect((await ask(mine, await hintOf(past))).searchParams.get('code')).not.toBeNull();
    expect(errorOf((await ask(browserOf(world), await hintOf(past))).href)).toBe('login_required');
    const other = await ask(mine, await hintOf({ sub: randomUUID(), ...past }));
    expect(errorOf(other.href)).toBe('login_required');
    for (const claims of [{ iss: 'https://evil.test' }, { aud: 'lab-app' }, { iss: undefined }]) {
      expect(errorOf((await ask(mine, await hintOf(claims))).href)).toBe('invalid_request');
    }
  });

  function parametersOf(clientId: string): Record<string, string> {
    return {
      client_id: clientId,
      response_type: 'code',
      scope: 'openid subsystem_account',
      redirect_uri: `${world.rpOrigin}/callback`,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    };
  }

  function urlOf(parameters: Record<string, string | undefined>, clientId = 'spa-app'): string {
    const all = Object.entries({ ...parametersOf(clientId), ...parameters });
    const given = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `/oidc/auth?${new URLSearchParams(given).toString()}`;
  }

  const authorize = (parameters: Record<string, string | undefined>): Promise<RawAnswer> =>
    rawRequest(world.issuer, 'GET', urlOf(parameters));

  /** The same request as the client has to make it: pushed, or in the address. @returns its error */
  async function push(clientId: string, parameters: Record<string, string | undefined>) {
    const url = urlOf(parameters, clientId);
    if (!PUSHING.has(clientId)) {
      const { headers, body } = await rawRequest(world.issuer, 'GET', url);
      const posted = /name="response" value="([^"]+)"/.exec(body)?.[1];
      return { error: errorOf(headers.location ?? `?response=${posted}`) };
    }
    const authorization = `Basic ${Buffer.from(`${clientId}:${CLIENT_SECRET}`).toString('base64')}`;
    const headers = { ...FORM, authorization };
    const body = url.split('?')[1] ?? '';
    return JSON.parse((await rawRequest(world.issuer, 'POST', '/oidc/par', { headers, body })).body) as {
      error?: string;
    };
  }

  function errorOf(location: string): string | undefined {
    const { searchParams, hash } = new URL(location, world.issuer);
    const answer = Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))]);
    const claims = answer['response'] === undefined ? answer : decodeJwt(answer['response']);
    return claims['error'] as string | undefined;
  }
});
