import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { FORM, type RawAnswer, rawRequest } from '../support/raw-http.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const queryOf = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();

describe('P-27: signing out', () => {
  let world: IdpWorld;
  let spa: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld();
    spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
  });
  afterAll(() => world.stop());

  it('never happens unasked: without a hint, by somebody else’s, by one of another session, by GET or POST', async () => {
    const { browser } = await enter();
    const stranger = await enter();
    const older = await enter();
    const hints = [undefined, stranger.idToken, older.idToken];
    for (const hint of hints) {
      const parameters = { ...(hint !== undefined && { id_token_hint: hint }), client_id: 'spa-app' };
      for (const method of ['GET', 'POST']) {
        for (const origin of ['https://evil.test', 'null', world.issuer]) {
          const page = await logout(browser, parameters, { method, origin });
          expect(page.status).toBe(method === 'GET' ? 200 : 303);
          // RP-Initiated Logout §2: a POST leads to the same question, without its cookies to begin with
          if (method === 'POST') expect(page.headers.location).toBe(`/oidc/logout?${queryOf(parameters)}`);
          else expect(page.headers).not.toHaveProperty('location');
          if (method === 'GET') expect(page.body).toContain('name="xsrf"');
          expect(page.body).not.toMatch(/data-submit-now|<script(?![^>]* src=)/);
        }
      }
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is refused by a hint that was changed', async () => {
    const { browser, idToken } = await enter();
    const [head = '', , signature = ''] = idToken.split('.');
    const claims = { ...decodeJwt(idToken), sub: 'another' };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const hint of [
      `${head}.${body}.${signature}`,
      `${none}.${body}.`,
      `${idToken.slice(0, -4)}AAAA`,
      'x',
      'a.b.c',
    ]) {
      const answer = await logout(browser, { id_token_hint: hint });
      expect(answer.status).toBe(400);
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each([
    'https://evil.test/',
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.test/out',
    '/out',
    'OUT?a=b',
    'OUT/',
    'OUT#x',
    'OUT/../out',
    'OUT%2f',
  ])('leads to no address like %s', async (like) => {
    const { browser, idToken } = await enter();
    const target = like.replace('OUT', `${world.rpOrigin}/out`);
    for (const name of [{ id_token_hint: idToken }, { client_id: 'spa-app' }]) {
      const answer = await logout(browser, { ...name, post_logout_redirect_uri: target, state: 's' });
      expect(answer.status).toBe(400);
      expect(answer.headers).not.toHaveProperty('location');
    }
    const nameless = await logout(browser, { post_logout_redirect_uri: target });
    expect(nameless.headers['content-security-policy']).not.toContain('evil');
    const done = await confirm(browser, nameless);
    expect(new URL(done.headers.location ?? '').origin).toBe(world.issuer);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('is confirmed only by the page’s own form, in its own browser, once', async () => {
    const { browser } = await enter();
    const other = await enter();
    const page = await logout(browser, {});
    const foreign = await logout(other.browser, {});
    for (const xsrf of ['', 'x', secretOf(foreign)]) {
      const answer = await post(browser, '/oidc/logout/confirm', { xsrf, logout: 'yes' });
      expect(answer.status).toBe(400);
      expect(await isSignedIn(browser)).toBe(true);
    }
    expect(
      (await post(browserOf(world), '/oidc/logout/confirm', { xsrf: secretOf(page), logout: 'yes' })).status,
    ).toBe(400);
    const renewed = await logout(browser, {});
    const cookie = browser.jar.header(new URL('/', world.issuer));
    expect((await confirm(browser, renewed)).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
    const late = await rawRequest(world.issuer, 'GET', '/', { headers: { cookie } });
    expect(late.body).not.toContain('王示範');
    expect(late.headers['cache-control']).toBe('no-store');
    expect((await confirm(browser, renewed)).status).toBe(400);
  });

  it('can be declined, and then nothing has ended', async () => {
    const { browser } = await enter();
    const page = await logout(browser, {});
    await post(browser, '/oidc/logout/confirm', { xsrf: secretOf(page) });
    expect((await browser.open(`${world.issuer}/`)).text).toContain('王示範');
  });

  async function enter(): Promise<{ browser: Journey; idToken: string }> {
    const browser = browserOf(world);
    const tokens = await spa.redeem(await spa.authorize(browser, {}, { loginName: 'demo.nurse' }));
    return { browser, idToken: tokens.id_token ?? '' };
  }

  async function logout(
    browser: Journey,
    parameters: Record<string, string>,
    { method = 'GET', origin = world.issuer } = {},
  ): Promise<RawAnswer> {
    const query = queryOf(parameters);
    const headers = { ...FORM, origin, cookie: browser.jar.header(new URL('/oidc/logout', world.issuer)) };
    const path = method === 'GET' ? `/oidc/logout?${query}` : '/oidc/logout';
    const body = method === 'GET' ? {} : { body: query };
    return keep(browser, await rawRequest(world.issuer, method, path, { headers, ...body }));
  }

  async function post(browser: Journey, path: string, fields: Record<string, string>): Promise<RawAnswer> {
    const cookie = browser.jar.header(new URL(path, world.issuer));
    const body = new URLSearchParams(fields).toString();
    const headers = { ...FORM, origin: world.issuer, cookie };
    return keep(browser, await rawRequest(world.issuer, 'POST', path, { headers, body }));
  }

  function keep(browser: Journey, answer: RawAnswer): RawAnswer {
    browser.jar.store(new URL(world.issuer), answer.headers['set-cookie'] ?? []);
    return answer;
  }

  const secretOf = ({ body }: RawAnswer): string => /name="xsrf" value="([^"]*)"/.exec(body)?.[1] ?? '';
  const confirm = (browser: Journey, page: RawAnswer): Promise<RawAnswer> =>
    post(browser, '/oidc/logout/confirm', { xsrf: secretOf(page), logout: 'yes' });

  async function isSignedIn(browser: Journey): Promise<boolean> {
    const { body } = await rawRequest(world.issuer, 'GET', '/', {
      headers: { cookie: browser.jar.header(new URL('/', world.issuer)) },
    });
    return body.includes('王示範');
  }
});
