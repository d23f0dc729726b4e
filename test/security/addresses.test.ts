import { connect } from 'node:net';
import { DOCUMENTS, PAGES, PROTOCOL } from '../support/addresses.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type RawAnswer, rawRequest } from '../support/raw-http.ts';
import { createRelyingParty } from '../support/relying-party.ts';

describe('an address', () => {
  let world: IdpWorld;
  let nurse: Journey;

  beforeAll(async () => {
    world = await startIdpWorld();
    nurse = await portalOf(world, 'demo.nurse');
  });
  afterAll(() => world.stop());

  const get = (path: string, headers: Record<string, string> = {}, base = world.issuer): Promise<RawAnswer> =>
    rawRequest(base, 'GET', path, { headers: { accept: 'text/html', ...headers } });

  it.each(['evil.test', 'evil@localhost', 'localhost:1', '', 'evil host', '[::1', 'localhost\\@evil.test'])(
    'derives no address from Host %j, X-Forwarded-Host or Forwarded',
    async (host) => {
      const headers = {
        host,
        'x-forwarded-host': 'evil.test',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '81',
        'x-original-url': '//evil.test/',
        'x-forwarded-prefix': '/evil',
        forwarded: 'host=evil.test;proto=https',
        referer: 'https://evil.test/',
        cookie: cookieOf(nurse, '/'),
      };
      const replica = world.replicaUrls[0] ?? '';
      for (const path of [...PAGES, ...DOCUMENTS, '/sign-in', '/signed-in', `/oidc/auth?client_id=portal`]) {
        for (const suffix of ['', path.includes('?') ? '&x=1' : '?x=1']) {
          const answer = await get(path + suffix, headers, replica);
          expect(JSON.stringify([answer.headers, answer.body])).not.toMatch(
            /evil|https:\/\/localhost|localhost:1\b/,
          );
          expect(answer.status).toBeLessThan(500);
        }
      }
    },
  );

  it.each([
    '/sign-in?return_to=//evil.test/',
    '/sign-in?return_to=/%5Cevil.test/',
    '/sign-in?return_to=https://evil.test/',
    '/sign-in?return_to=/%09/evil.test/',
    '/sign-in?return_to=/%0d%0alocation:%20//evil.test/',
    '/sign-in?return_to=/..//evil.test/',
    '/sign-in?return_to=javascript:alert(1)',
    '/sign-in?next=//evil.test/&url=//evil.test/&redirect=//evil.test/',
    '/signed-in?state=//evil.test/',
    '/signed-in?state=aHR0cHM6Ly9ldmlsLnRlc3Qv',
    '/signed-in?return_to=//evil.test/',
    '/signed-out?continue=//evil.test/',
    '//evil.test/',
    '/..//evil.test/',
    '/%5Cevil.test/',
    '/%2f%2fevil.test/',
    'http://evil.test/sign-in',
  ])('leads nowhere else by %s', async (path) => {
    for (const cookie of ['', cookieOf(nurse, '/')]) {
      const answer = await get(path, { cookie, referer: '//evil.test/' });
      expect(answer.status).toBeLessThan(500);
      const { location } = answer.headers;
      if (location !== undefined) {
        expect(location).not.toMatch(/\s/);
        expect(new URL(location, world.issuer).origin).toBe(world.issuer);
        expect(location).not.toMatch(/^[/\\]{2}|^\/\t/);
      }
      for (const [, href = ''] of answer.body.matchAll(/(?:href|action)="([^"]*)"/g)) {
        expect(new URL(href.replaceAll('&amp;', '&'), world.issuer).hostname).not.toBe('evil.test');
      }
    }
  });

  it('of a page with a search is read whatever Host or absolute form it came with', async () => {
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    await mch.authorize(nurse);
    const { pathname = '' } = nurse.page()?.url ?? {};
    for (const path of [`${pathname}?q=a&page=1`, `http://evil.test${pathname}?q=a`]) {
      for (const host of ['localhost', 'evil host', '[::1', '']) {
        const answer = await get(path, { host, cookie: cookieOf(nurse, pathname) });
        expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('P@00000001P@mbh_02') });
        expect(answer.body).not.toMatch(/="(https?:)?\/\/evil/);
      }
    }
  });

  it.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'OPTIONS', 'GET'])(
    '%s reaches no endpoint and is not echoed',
    async (method) => {
      const paths = method === 'GET' ? PROTOCOL.slice(0, 4) : [...PAGES, ...PROTOCOL, ...DOCUMENTS];
      for (const path of paths) {
        const headers = { 'x-canary': 'echoed-canary', cookie: 'canary=echoed-canary', origin: world.issuer };
        const answer = await rawRequest(world.issuer, method, path, { headers });
        const allowed = method === 'OPTIONS' ? [204, 403, 404, 405] : [403, 404, 405];
        expect({ path, allowed: allowed.includes(answer.status) }).toEqual({ path, allowed: true });
        expect(answer.body).not.toContain('echoed-canary');
      }
    },
  );

  it.each([
    'Content-Length: 4\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 4',
    'Content-Length: 4\r\nContent-Length: 5',
    'Content-Length: +4',
    'Content-Length: 4, 4',
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding : chunked',
    'X: y\r\n Content-Length: 4\r\nContent-Length: 0',
  ])('I4: asked with %j answers 400 once, and reads nothing that follows', async (lengths) => {
    const { hostname, port } = new URL(world.issuer);
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname);
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write(
        `POST /sign-in HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${lengths}\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
      );
    });
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
    expect(said.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it.each([
    '/.git/config',
    '/.env',
    '/metrics',
    '/debug',
    '/server-status',
    '/package.json',
    '/idp/app.ts',
    '/assets/',
    '/assets/app.js.map',
    '/assets/x/../../package.json',
    '/assets/x/..%2f..%2fpackage.json',
    '/console/../.env',
    '/%2e%2e/package.json',
    '/.well-known/',
    '/oidc/',
    '/oidc/register',
    '/actuator/health',
  ])('has nothing at %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toMatch(/"dependencies"|at file:|node_modules|\/work\//);
  });

  const cookieOf = (journey: Journey, path: string): string =>
    journey.jar.header(new URL(path.split('?')[0] ?? '/', world.issuer));
});
