import { createHmac } from 'node:crypto';
import * as oidc from 'openid-client';
import { createKeyring } from '#kit/keyring.ts';
import { DOCUMENTS, PAGES, PROTOCOL } from '../support/addresses.ts';
import { portalOf } from '../support/forged-form.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { FORM, type RawAnswer, rawRequest } from '../support/raw-http.ts';
import { startReplica, freePort } from '../support/replica.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';

describe('every answer', () => {
  let world: IdpWorld;
  let nurse: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    nurse = await portalOf(world, 'demo.nurse');
  });
  afterAll(() => world.stop());

  const get = (path: string, headers: Record<string, string> = {}, base = world.issuer): Promise<RawAnswer> =>
    rawRequest(base, 'GET', path, { headers: { accept: 'text/html', ...headers } });

  it('guards every answer against framing, sniffing, foreign content and leaking addresses', async () => {
    const asked: [string, RawAnswer][] = [];
    for (const path of [
      ...PAGES,
      ...DOCUMENTS,
      ...PROTOCOL,
      '/healthz',
      '/readyz',
      '/sign-in',
      '/signed-in',
    ]) {
      asked.push([path, await get(path)]);
      asked.push([`${path} signed in`, await get(path, { cookie: cookieOf(nurse, path) })]);
      asked.push([
        `POST ${path}`,
        await rawRequest(world.issuer, 'POST', path, { headers: FORM, body: 'a=b' }),
      ]);
      asked.push([
        `POST ${path} of ours`,
        await rawRequest(world.issuer, 'POST', path, {
          headers: { ...FORM, origin: world.issuer },
          body: 'a=b',
        }),
      ]);
    }
    const journey = browserOf(world);
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    await spa.authorize(journey);
    const interaction = journey.page()?.url.pathname ?? '';
    asked.push(['sign-in page', await get(interaction, { cookie: cookieOf(journey, interaction) })]);
    for (const asset of (asked.at(-1)?.[1].body ?? '').match(/\/assets\/[\w./-]+/g) ?? []) {
      asked.push([asset, await get(asset)]);
    }
    for (const [name, { headers, status }] of asked) {
      const csp = headers['content-security-policy'];
      expect({ name, status: status < 500, csp, headers }).toMatchObject({
        status: true,
        csp: expect.stringContaining("frame-ancestors 'none'"),
        headers: {
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': expect.stringMatching(/^(same-origin|no-referrer)$/),
          'cross-origin-opener-policy': 'same-origin',
        },
      });
      expect(csp).toMatch(/default-src 'none'.*base-uri 'none'/);
      expect(csp).not.toMatch(/unsafe-|\*|https?:\/\/(?!localhost)|data:|blob:/);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
      if (!name.startsWith('/assets/') && !DOCUMENTS.some((path) => name.includes(path))) {
        expect({ name, cache: headers['cache-control'] }).toEqual({ name, cache: 'no-store' });
      }
    }
  });

  it('takes nothing from elsewhere into a page', async () => {
    for (const path of PAGES) {
      const { body } = await get(path, { cookie: cookieOf(nurse, path) });
      expect(body).not.toMatch(
        /\b(src|href|action|formaction)="(?!\/(?!\/)|[#?"]|tel:|mailto:|http:\/\/localhost)/,
      );
      expect(body).not.toMatch(/\son\w+=|javascript:|<style|<iframe|<object|<base/i);
    }
  });

  it('lets other origins read only what is public or theirs', async () => {
    const rp = new URL(world.rpOrigin).origin;
    const body = 'grant_type=refresh_token&refresh_token=x&client_id=spa-app';
    const spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    const { access_token: token } = await spa.redeem(await spa.authorize(nurse));
    for (const origin of ['https://evil.test', 'null', `${rp}.evil.test`, 'http://localhost', rp]) {
      const answers: [string, RawAnswer][] = [
        ['/oidc/auth', await get('/oidc/auth?client_id=spa-app', { origin })],
        ['/', await get('/', { origin, cookie: cookieOf(nurse, '/') })],
        ['/interaction', await get('/interaction/x', { origin })],
        ['/oidc/logout', await get('/oidc/logout', { origin, cookie: cookieOf(nurse, '/') })],
        ['/oidc/userinfo', await get('/oidc/userinfo', { origin, authorization: `Bearer ${token}` })],
        [
          '/oidc/token',
          await rawRequest(world.issuer, 'POST', '/oidc/token', { headers: { ...FORM, origin }, body }),
        ],
        [
          '/oidc/introspection',
          await rawRequest(world.issuer, 'POST', '/oidc/introspection', {
            headers: {
              ...FORM,
              origin,
              authorization: `Basic ${Buffer.from(`lab-app:${CLIENT_SECRET}`).toString('base64')}`,
            },
            body: 'token=x',
          }),
        ],
      ];
      for (const [path, { headers }] of answers) {
        const allowed = headers['access-control-allow-origin'];
        const may = origin === rp && ['/oidc/token', '/oidc/userinfo'].includes(path);
        expect({ origin, path, allowed }).toEqual({ origin, path, allowed: may ? rp : undefined });
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      }
    }
  });

  it('answers failures in the words of the caller: a page, or the standard’s JSON, with an id and no more', async () => {
    for (const path of ['/nowhere', '/oidc/nowhere', '/interaction/x']) {
      const page = await get(path);
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.body).toContain(page.headers['x-request-id'] as string);
      const json = await get(path, { accept: 'application/json' });
      expect(json.headers['content-type']).toContain('application/json');
      expect(JSON.parse(json.body)).toHaveProperty('error');
    }
    for (const path of PROTOCOL) {
      const answer = await rawRequest(world.issuer, 'POST', path, {
        headers: { ...FORM, accept: 'text/html' },
        body: '',
      });
      expect(JSON.parse(answer.body)).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/) });
      expect(answer.body).not.toMatch(/Error:|node_modules|\.ts|\.js/);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('publishes public keys alone, strong ones, each with its use', async () => {
    const { keys } = JSON.parse((await get('/oidc/jwks')).body) as { keys: Record<string, string>[] };
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatchObject({ use: 'sig', alg: expect.stringMatching(/^(ES256|RS256)$/) });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'])
        expect(key).not.toHaveProperty(secret);
      if (key['kty'] === 'RSA')
        expect(Buffer.from(key['n'] ?? '', 'base64url').length).toBeGreaterThanOrEqual(384);
      else expect(key).toMatchObject({ kty: 'EC', crv: 'P-256' });
    }
  });

  it('sets only guarded cookies, small ones; over TLS with prefixes that the browser itself holds to', async () => {
    const port = await freePort();
    const env: NodeJS.ProcessEnv = {
      ...world.env,
      IDP_ISSUER: 'https://entry.example.test',
      IDP_DEMO: '0',
      IDP_PORT: String(port),
    };
    delete env['CAPTCHA_FIXED'];
    const behindProxy = await startReplica(['idp/main.ts'], env);
    try {
      const base = `http://localhost:${port}`;
      const asked = [
        ...(await cookiesOf(base, '/oidc/auth?', true)),
        ...(await cookiesOf(base, '/?lang=en', true)),
        ...(await cookiesOf(base, '/oidc/logout', true)),
      ];
      expect(asked.length).toBeGreaterThan(1);
      const left = await rawRequest(base, 'POST', '/sign-out', {
        headers: { ...FORM, origin: 'https://entry.example.test', cookie: signedOverTls() },
      });
      guarded(left.headers['set-cookie'], true);
      expect(left.headers['set-cookie']?.join()).toMatch(/__Host-idp_session=;.*expires=Thu, 01 Jan 1970/i);
      const { headers } = await get('/', {}, base);
      expect(headers['strict-transport-security']).toMatch(/max-age=(\d{8,})/);
    } finally {
      await behindProxy.stop();
    }
    expect((await cookiesOf(world.issuer, '/oidc/auth?', false)).length).toBeGreaterThan(1);
  });

  async function cookiesOf(base: string, path: string, secure: boolean): Promise<string[]> {
    const parameters = new URLSearchParams({
      client_id: 'spa-app',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${world.rpOrigin}/callback`,
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
    });
    const { headers } = await get(path.endsWith('?') ? `${path}${parameters.toString()}` : path, {}, base);
    return guarded(headers['set-cookie'], secure);
  }

  function guarded(cookies: string[] = [], secure: boolean): string[] {
    for (const cookie of cookies) {
      expect(cookie.length).toBeLessThan(4096);
      expect(cookie).toMatch(/samesite=(lax|strict)/i);
      expect(cookie).not.toMatch(/domain=/i);
      expect(cookie).toMatch(/httponly/i);
      if (!secure) continue;
      expect(cookie).toMatch(/; ?secure/i);
      const atRoot = /path=\/(;|$)/i.test(cookie);
      if (!cookie.startsWith('lang=')) expect(cookie).toMatch(atRoot ? /^__Host-/ : /^__Secure-/);
    }
    return cookies;
  }

  /** The nurse's session cookie as a browser would have it over TLS: same session, other name. */
  function signedOverTls(): string {
    const pair = `__Host-idp_session=${nurse.jar.get('idp_session')}`;
    const [key] = createKeyring(world.env['IDP_MASTER_KEYS'] ?? '').derive('cookie');
    const signature = createHmac('sha1', key.toString('base64')).update(pair).digest('base64url');
    return `${pair}; __Host-idp_session.sig=${signature}`;
  }

  const cookieOf = (journey: Journey, path: string): string =>
    journey.jar.header(new URL(path.split('?')[0] ?? '/', world.issuer));
});
