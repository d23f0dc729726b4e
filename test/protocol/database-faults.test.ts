import pg from 'pg';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { createJourney } from '../support/journey.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const CONNECTIONS = 3;
const WAIT_MS = 500;
const LOCK_MS = 2500;
/** What a busy machine may add. */
const SLACK_MS = 1500;
/** Answered without the database, whatever happens there. */
const ALWAYS = ['/healthz', '/oidc/jwks', '/.well-known/openid-configuration'];

describe('a replica whose database will not answer', () => {
  let world: IdpWorld;
  let server: pg.Client;
  let refreshToken = '';

  beforeAll(async () => {
    world = await startIdpWorld({
      env: {
        IDP_DATABASE_CONNECTIONS: String(CONNECTIONS),
        IDP_DATABASE_WAIT_MS: String(WAIT_MS),
        IDP_DATABASE_LOCK_MS: String(LOCK_MS),
        IDP_DATABASE_STATEMENT_MS: '3000',
      },
    });
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const callback = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    refreshToken = (await rp.redeem(callback)).refresh_token ?? '';
    server = new pg.Client({ connectionString: world.env['IDP_DATABASE_URL'] });
    await server.connect();
    for (const path of ALWAYS) await fetch(world.issuer + path);
  });
  afterAll(async () => {
    await server.end();
    await world.stop();
  });

  const refresh = async () => {
    const began = performance.now();
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const { status, body, headers } = await post(world, '/oidc/token', form, { clientId: 'lab-app' });
    return { status, body, retryAfter: headers.get('retry-after'), took: performance.now() - began };
  };
  const authorize = () => {
    const request = new URLSearchParams({
      client_id: 'spa-app',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${world.rpOrigin}/callback`,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const headers = { accept: 'text/html', 'accept-language': 'en' };
    return fetch(`${world.issuer}/oidc/auth?${request.toString()}`, { headers, redirect: 'manual' });
  };
  const answersAlways = async (): Promise<void> => {
    for (const path of ALWAYS) {
      const began = performance.now();
      expect([path, (await fetch(world.issuer + path)).status]).toEqual([path, 200]);
      expect(performance.now() - began).toBeLessThan(SLACK_MS);
    }
  };
  const refused = { status: 503, body: { error: 'temporarily_unavailable' }, retryAfter: '2' };

  it('R11, R12: refuses fast when its connections are all waiting for a lock, and goes on when they are free', async () => {
    await server.query('begin');
    await server.query('lock table account');
    const crowd = Array.from({ length: 12 }, () => refresh());
    await new Promise((resolve) => setTimeout(resolve, 200));
    await answersAlways();
    const readiness = await fetch(`${world.issuer}/readyz`);
    expect(readiness.status).toBe(503);
    const page = await authorize();
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('The system is unavailable');

    const answers = await Promise.all(crowd);
    expect(answers).toMatchObject(answers.map(() => refused));
    const times = answers.map(({ took }) => took).toSorted((a, b) => a - b);
    expect(times[times.length - CONNECTIONS - 1]).toBeLessThan(WAIT_MS + SLACK_MS);
    expect(times.at(-1)).toBeLessThan(WAIT_MS + LOCK_MS + SLACK_MS);

    await server.query('rollback');
    const freed = performance.now();
    await eventually(async () => expect((await refresh()).status).toBe(200));
    expect(performance.now() - freed).toBeLessThan(2000);
    expect((await fetch(`${world.issuer}/readyz`)).status).toBe(200);
  });

  it('R12: ends a statement that takes too long', async () => {
    await server.query(`
      create function wait_long() returns trigger language plpgsql
      as 'begin perform pg_sleep(30); return new; end'`);
    await server.query('create trigger slow before insert on oidc_interaction execute function wait_long()');
    const began = performance.now();
    const page = await authorize();
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '2']);
    expect(performance.now() - began).toBeLessThan(3000 + SLACK_MS);
    await server.query('drop trigger slow on oidc_interaction');
  });

  it('R5: loses nothing a person typed, answers programs as JSON, and does not crash', async () => {
    const person = createJourney({ locale: 'en' });
    await person.open(`${world.issuer}/forgot-password`);
    const name = /idp_\w+/.exec(world.env['IDP_DATABASE_URL'] ?? '')?.[0] ?? '';
    const admin = new pg.Client({ connectionString: process.env['TEST_DATABASE_SERVER'] });
    await admin.connect();
    try {
      await server.end();
      await admin.query(`alter database ${name} allow_connections false`);
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      const typed = { account: 'demo.nurse', email: 'demo.nurse@example.test', captcha: '24680' };
      const failed = await person.submit((form) => 'email' in form.fields, typed);
      expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '5']);
      expect(failed.text).toContain('What you entered is kept on this page');
      const again = failed.forms.find((form) => 'email' in form.fields);
      expect(again?.fields).toMatchObject({ account: typed.account, email: typed.email });
      expect(again?.fields).not.toHaveProperty('captcha');
      expect(failed.html).not.toContain(typed.captcha);

      const api = await fetch(`${world.issuer}/api/v1/subsystem-accounts`, {
        headers: { authorization: 'Bearer aaaa.bbbb.cccc' },
      });
      expect([api.status, api.headers.get('content-type')]).toEqual([
        503,
        expect.stringContaining('application/json'),
      ]);
      expect(await api.json()).toMatchObject({ error: 'service_unavailable' });
      expect(await refresh()).toMatchObject(refused);
      await answersAlways();
    } finally {
      await admin.query(`alter database ${name} allow_connections true`);
      await admin.end();
    }
    const back = performance.now();
    await eventually(async () => expect((await refresh()).status).toBe(200));
    expect(performance.now() - back).toBeLessThan(3000);
    const page = await person.submit((form) => 'email' in form.fields);
    expect(page.status).toBeLessThan(500);
    expect(page.forms.find((form) => 'email' in form.fields)?.fields).toMatchObject({
      account: 'demo.nurse',
      email: 'demo.nurse@example.test',
    });
    server = new pg.Client({ connectionString: world.env['IDP_DATABASE_URL'] });
    await server.connect();
  });
});
