import { setTimeout as sleep } from 'node:timers/promises';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { rawRequest } from '../support/raw-http.ts';
import { browserOf, post } from '../support/relying-party.ts';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const LAB_1 = 'P@00000001P@lab_01';

describe('a pushed authorization request', () => {
  let world: IdpWorld;
  let nurse: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    nurse = browserOf(world);
    await nurse.open(`${world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
  });
  afterAll(() => world.stop());

  it('says everything: the address that follows it changes nothing', async () => {
    const requestUri = await pushed();
    const forged = {
      redirect_uri: 'https://evil.test/',
      state: 'forged',
      scope: 'openid email',
      prompt: 'login',
    };
    const { url } = await open(nurse, 'lab-app', requestUri, forged);
    expect(`${url.origin}${url.pathname}`).toBe(`${world.rpOrigin}/callback`);
    expect(url.searchParams.get('state')).toBe('as-pushed');
    expect(url.searchParams.has('code')).toBe(true);
  });

  it('is used once, also by twenty at the same time', async () => {
    const requestUri = await pushed();
    const cookie = nurse.jar.header(new URL(world.issuer));
    const path = `/oidc/auth?${query({ client_id: 'lab-app', request_uri: requestUri })}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => rawRequest(world.issuer, 'GET', path, { headers: { cookie } })),
    );
    const codes = answers.filter(({ headers }) => headers.location?.includes('code='));
    expect(codes).toHaveLength(1);
    for (const { status } of answers) expect([303, 400]).toContain(status);
    const again = await rawRequest(world.issuer, 'GET', path, { headers: { cookie } });
    expect(again.headers.location ?? '').not.toContain('code=');
  });

  it('of one client is nothing to another, and a client that must push cannot do without', async () => {
    const requestUri = await pushed();
    for (const clientId of ['mch-app', 'spa-app', 'portal', 'nobody']) {
      const page = await open(browserOf(world), clientId, requestUri);
      expect(page.status).toBe(400);
    }
    const bare = `/oidc/auth?${query(request())}`;
    const { headers, status } = await rawRequest(world.issuer, 'GET', bare);
    expect(headers.location ?? '').not.toMatch(/code=|^\/interaction/);
    expect([303, 400]).toContain(status);
  });

  it.each([
    'urn:ietf:params:oauth:request_uri:unknown',
    'urn:ietf:params:oauth:request_uri:',
    'http://127.0.0.1:9/request.jwt',
    'https://evil.test/request.jwt',
    'file:///etc/passwd',
    'data:text/plain,x',
  ])('%s is none', async (requestUri) => {
    expect((await open(nurse, 'lab-app', requestUri)).status).toBe(400);
  });

  it.each([
    ['without authenticating', {}, undefined],
    ['of another client', { client_id: 'mch-app' }, 'lab-app'],
    ['to an address that is not registered', { redirect_uri: 'https://evil.test/' }, 'lab-app'],
    ['by a request of its own', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'lab-app'],
    ['twice in one', { request: 'a.b.c' }, 'lab-app'],
  ])('is not taken %s', async (_what, parameters, clientId) => {
    const answer = await post(
      world,
      '/oidc/par',
      { ...request(), ...parameters },
      clientId ? { clientId } : {},
    );
    expect([400, 401]).toContain(answer.status);
    expect(answer.body).not.toHaveProperty('request_uri');
  });

  it('is over after a minute', async () => {
    const requestUri = await pushed();
    await world.database.query(
      `update artefact_minutes set payload = payload || jsonb_build_object('exp', extract(epoch from now())::int - 16)
       where kind = 'PushedAuthorizationRequest' and $1`,
      [true],
    );
    await sleep(1100);
    expect((await open(nurse, 'lab-app', requestUri)).status).toBe(400);
  });

  const request = () => ({
    client_id: 'lab-app',
    response_type: 'code',
    scope: 'openid subsystem_account',
    redirect_uri: `${world.rpOrigin}/callback`,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    state: 'as-pushed',
    account: LAB_1,
  });

  async function pushed(): Promise<string> {
    const { status, body } = await post(world, '/oidc/par', request(), { clientId: 'lab-app' });
    expect(status).toBe(201);
    expect(body['expires_in']).toBeLessThanOrEqual(60);
    return String(body['request_uri']);
  }

  const open = (browser: Journey, clientId: string, requestUri: string, more: Record<string, string> = {}) =>
    browser.open(
      `${world.issuer}/oidc/auth?${query({ client_id: clientId, request_uri: requestUri, ...more })}`,
    );

  const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();
});
