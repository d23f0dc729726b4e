import { readFileSync } from 'node:fs';
import { OAuth2Client, OAuth2Fetch, generateCodeVerifier } from '@badgateway/oauth2-client';
import * as web from 'oauth4webapi';
import * as oidc from 'openid-client';
import passport from 'passport';
import OpenIdStrategy from 'passport-openidconnect';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, newContext } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA, type Journey, createJourney, signIn } from '../support/journey.ts';
import { ACCESS_TOKEN, EXCHANGE } from '../support/relying-party.ts';
import { freePort, startReplica } from '../support/replica.ts';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { STACKS } from './stacks.ts';
import {
  type Doorstep,
  SAMPLE_MANIFESTS,
  SCOPE,
  SECRET,
  USER_ACCOUNTS,
  openDoorstep,
  sampleEnvironment,
} from './subsystem.ts';

/*
 * Clients that nobody here wrote: each signs in, reads as whom, refreshes, switches where it can, and is told of the
 * end. What each needs done by hand is what docs/integrate.md tells its users.
 */
const [FIRST, SECOND] = USER_ACCOUNTS;
const CLIENT_ID = 'sample-app';
const checks = { state: 'the-state-of-this-try', nonce: 'the-nonce-of-this-try' };

describe('interoperation', () => {
  let world: IdpWorld;
  let door: Doorstep;
  let journey: Journey;
  let browserOrigin: string;
  const ending = new AsyncDisposableStack();

  beforeAll(async () => {
    door = await openDoorstep();
    ending.defer(() => door.stop());
    const port = String(await freePort());
    browserOrigin = `http://localhost:${port}`;
    const env = sampleEnvironment(door.origin, browserOrigin);
    world = await startIdpWorld({ manifests: SAMPLE_MANIFESTS, env });
    ending.defer(() => world.stop());
    const seeded = await world.command('seed-trial', 'sample', 'sample-browser');
    expect(seeded).toEqual({ code: 0, output: expect.stringContaining(FIRST) });
    const browserApp = await startReplica(['examples/clients/browser/server.mjs'], {
      PORT: port,
      ISSUER: world.issuer,
    });
    ending.defer(async () => void (await browserApp.stop()));
  });
  afterAll(() => ending.disposeAsync());
  beforeEach(() => {
    journey = createJourney({ stopAt: door.origin });
    door.logouts.length = 0;
  });

  /** Through the real pages to where the code is delivered. */
  const callbackFrom = async (authorizationUrl: string): Promise<URL> => {
    await journey.open(authorizationUrl);
    const { url } = await signIn(journey, 'demo.nurse', { account: FIRST });
    expect(url.href).toContain(`${door.callback}?`);
    return url;
  };
  const signOut = async (idToken: string, sid: unknown): Promise<void> => {
    await journey.open(`${world.issuer}/oidc/logout?id_token_hint=${idToken}`);
    const isAsked = ({ action }: { action: string }): boolean => action.includes('logout');
    await journey.submit(isAsked, {}, ({ value }) => value === 'yes');
    await eventually(() => expect(door.logouts).toMatchObject([{ aud: CLIENT_ID, sid }]));
  };

  it('openid-client: pushed request, claims, refresh, switch, logout', async () => {
    const config = await oidc.discovery(
      new URL(world.issuer),
      CLIENT_ID,
      { id_token_signed_response_alg: 'ES256' },
      oidc.ClientSecretBasic(SECRET),
      { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
    );
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const url = await oidc.buildAuthorizationUrlWithPAR(config, {
      ...{ redirect_uri: door.callback, scope: SCOPE, ...checks, code_challenge_method: 'S256' },
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    });
    const expected = { expectedState: checks.state, expectedNonce: checks.nonce, pkceCodeVerifier };
    const tokens = await oidc.authorizationCodeGrant(config, await callbackFrom(url.href), expected);
    expect(tokens.claims()).toMatchObject({ subsystem_account: { id: FIRST, role: 'sample_user' } });
    const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const subject = { subject_token: fresh.access_token, subject_token_type: ACCESS_TOKEN };
    const switched = await oidc.genericGrantRequest(config, EXCHANGE, { ...subject, account: SECOND });
    const person = await oidc.fetchUserInfo(config, switched.access_token, tokens.claims()?.sub ?? '');
    expect(person).toMatchObject({ subsystem_account: { id: SECOND, duty: 'health_station' } });
    await signOut(switched.id_token ?? '', tokens.claims()?.['sid']);
  });

  it('oauth4webapi: pushed request, claims, refresh, switch, logout', async () => {
    const insecure = { [web.allowInsecureRequests]: true };
    const issuer = new URL(world.issuer);
    const server = await web.processDiscoveryResponse(issuer, await web.discoveryRequest(issuer, insecure));
    const client: web.Client = { client_id: CLIENT_ID, id_token_signed_response_alg: 'ES256' };
    const auth = web.ClientSecretBasic(SECRET);
    const verifier = web.generateRandomCodeVerifier();
    const request = new URLSearchParams({
      ...{ client_id: CLIENT_ID, response_type: 'code', redirect_uri: door.callback, scope: SCOPE },
      ...{ ...checks, code_challenge_method: 'S256' },
      code_challenge: await web.calculatePKCECodeChallenge(verifier),
    });
    const pushing = await web.pushedAuthorizationRequest(server, client, auth, request, insecure);
    const pushed = await web.processPushedAuthorizationResponse(server, client, pushing);
    const query = new URLSearchParams({ client_id: CLIENT_ID, request_uri: pushed.request_uri });
    const callback = await callbackFrom(`${server.authorization_endpoint}?${query.toString()}`);
    const parameters = web.validateAuthResponse(server, client, callback, checks.state);
    const answer = await web.authorizationCodeGrantRequest(
      ...([server, client, auth, parameters, door.callback, verifier, insecure] as const),
    );
    const expected = { expectedNonce: checks.nonce, requireIdToken: true };
    const tokens = await web.processAuthorizationCodeResponse(server, client, answer, expected);
    await web.validateApplicationLevelSignature(server, answer, insecure);
    const claims = web.getValidatedIdTokenClaims(tokens);
    expect(claims).toMatchObject({ subsystem_account: { id: FIRST, unit: { kind: 'hospital' } } });

    const refresh = tokens.refresh_token ?? '';
    const refreshing = await web.refreshTokenGrantRequest(server, client, auth, refresh, insecure);
    const fresh = await web.processRefreshTokenResponse(server, client, refreshing);
    const exchange = { subject_token: fresh.access_token, subject_token_type: ACCESS_TOKEN, account: SECOND };
    const switching = await web.genericTokenEndpointRequest(
      ...([server, client, auth, EXCHANGE, exchange, insecure] as const),
    );
    const switched = await web.processGenericTokenEndpointResponse(server, client, switching);
    const asked = await web.userInfoRequest(server, client, switched.access_token, insecure);
    const person = await web.processUserInfoResponse(server, client, claims?.sub ?? '', asked);
    expect(person).toMatchObject({ subsystem_account: { id: SECOND }, accounts: [{ id: FIRST }] });
    await signOut(switched.id_token ?? '', claims?.['sid']);
  });

  it('@badgateway/oauth2-client: claims, refresh, switch, revocation, logout', async () => {
    const discoveryEndpoint = '/.well-known/oauth-authorization-server';
    const client = new OAuth2Client({
      ...{ server: world.issuer, clientId: CLIENT_ID, clientSecret: SECRET, discoveryEndpoint },
      authenticationMethod: 'client_secret_basic',
    });
    const codeVerifier = await generateCodeVerifier();
    const sent = { redirectUri: door.callback, state: checks.state, codeVerifier };
    const url = await client.authorizationCode.getAuthorizeUri({ ...sent, scope: SCOPE.split(' ') });
    const callback = await callbackFrom(url);
    const tokens = await client.authorizationCode.getTokenFromCodeRedirect(callback, sent);
    const fresh = await client.refreshToken(tokens);
    const asker = new OAuth2Fetch({ client, getNewToken: () => fresh, scheduleRefresh: false });
    const asked = await (await asker.fetch(`${world.issuer}/oidc/userinfo`)).json();
    expect(asked).toMatchObject({ subsystem_account: { id: FIRST }, accounts: [{ id: SECOND }] });

    const exchange = { subject_token: fresh.accessToken, subject_token_type: ACCESS_TOKEN, account: SECOND };
    const body = { grant_type: EXCHANGE, ...exchange } as unknown as { grant_type: 'client_credentials' };
    const switched = await client.tokenResponseToOAuth2Token(client.request('tokenEndpoint', body));
    expect(await client.introspect(switched)).toMatchObject({ subsystem_account: { id: SECOND } });
    await client.revoke(switched);
    expect(await client.introspect(switched)).toEqual({ active: false });
    await signOut(switched.idToken ?? '', expect.any(String));
  });

  it('passport-openidconnect: without PKCE it is refused as an invalid request', async () => {
    const strategy = new OpenIdStrategy(
      {
        ...{ issuer: world.issuer, clientID: CLIENT_ID, clientSecret: SECRET, callbackURL: door.callback },
        ...{ authorizationURL: `${world.issuer}/oidc/auth`, tokenURL: `${world.issuer}/oidc/token` },
        ...{ userInfoURL: `${world.issuer}/oidc/userinfo`, scope: ['profile', 'subsystem_account'] },
      },
      () => undefined,
    );
    const session = {};
    const run = (url: string, settle: (outcome: { location?: string; error?: unknown }) => void): void => {
      const req = { url, query: Object.fromEntries(new URL(url, door.origin).searchParams), session };
      const res = {
        setHeader: (name: string, location: string) => name === 'Location' && settle({ location }),
        end: () => undefined,
      };
      const authenticate = new passport.Passport().authenticate(strategy, { session: false }) as (
        ...args: unknown[]
      ) => void;
      authenticate(req, res, (error: unknown) => settle({ error }));
    };
    const { location = '' } = await new Promise<{ location?: string }>((done) => run('/login', done));
    const { url } = await journey.open(location);
    expect(`${url.origin}${url.pathname}`).toBe(door.callback);
    expect(url.searchParams.get('error')).toBe('invalid_request');
    const { error } = await new Promise<{ error?: unknown }>((done) => run(url.href, done));
    expect(error).toMatchObject({ code: 'invalid_request' });
  });

  it('docs/interop.md tells of each client of another stack what is tried of it', () => {
    const told = readFileSync('docs/interop.md', 'utf8').split('\n');
    for (const { name, switches, logoutPath } of STACKS) {
      const cells = told.find((line) => line.startsWith(`| ${name} `))?.split('|') ?? [];
      const tried = [true, true, switches, logoutPath !== undefined, true].map((is) => (is ? '✓' : '–'));
      expect({ name, tried: cells.slice(2, 7).map((cell) => cell.trim()) }).toEqual({ name, tried });
    }
  });

  describe('oidc-client-ts in Chromium', () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      browser = await launchBrowser();
      page = await (await newContext(browser)).newPage();
    });
    afterAll(() => browser.close());

    const enter = async (account: string): Promise<void> => {
      await page.goto(browserOrigin);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('[name=account]').fill('demo.nurse');
      await page.locator('[name=password]').fill(DEMO_PASSWORD);
      await page.locator('[name=captcha]').fill(FIXED_CAPTCHA);
      await page.keyboard.press('Enter');
      await page.locator(`button[value="${account}"]`).click();
      await actingAs(account);
    };
    const actingAs = (id: string) => page.locator('#account', { hasText: id }).waitFor();
    const refresh = async (): Promise<void> => {
      const answered = page.waitForResponse((response) => response.url().endsWith('/oidc/token'));
      await page.getByRole('button', { name: 'Refresh' }).click();
      expect((await answered).status()).toBe(200);
    };

    it('signs in, refreshes, switches, and forgets its tokens when the session ends elsewhere', async () => {
      const [first, second] = ['P@00000001P@smb_01', 'P@00000001P@smb_02'];
      await enter(first);
      await refresh();
      await actingAs(first);
      await page.getByRole('button', { name: second }).click();
      await actingAs(second);
      await refresh();
      await actingAs(second);
      const ended = await world.command('accounts', 'disable', 'demo.nurse', '--reason', 'test');
      expect(ended).toMatchObject({ code: 0 });
      await page.getByText('Signed out').waitFor();
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
    });

    it('signs out', async () => {
      expect(await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'test')).toMatchObject({
        code: 0,
      });
      await enter('P@00000001P@smb_01');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('Signed out').waitFor();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.locator('[name=captcha]').waitFor(); // the session there has ended too
    });
  });
});
