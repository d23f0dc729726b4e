import * as oidc from 'openid-client';
import pg from 'pg';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { signIn } from '../support/journey.ts';
import { browserOf, createRelyingParty, post } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';

describe('a replica is killed in mid-journey', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld();
  });
  afterAll(() => world.stop());

  it('and after its restart the same browser finishes its sign-in', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const begun = await rp.authorize(browser);
    expect(browser.page()?.forms.some((form) => 'captcha' in form.fields)).toBe(true);

    await world.replicas[0]?.kill();
    await world.restart(0);
    const page = await signIn(browser, 'demo.nurse', { account: LAB_1 });
    const tokens = await rp.redeem({ callback: page.url, verifier: begun.verifier });
    expect(tokens.claims()?.['subsystem_account']).toMatchObject({ id: LAB_1 });

    await world.replicas[0]?.kill();
    await world.restart(0);
    const silent = await rp.redeem(await rp.authorize(browser, { prompt: 'none' }));
    expect(silent.claims()?.sub).toBe(tokens.claims()?.sub);
    const switched = await rp.exchange(silent.access_token, 'P@00000001P@lab_02');
    expect(switched.access_token).toBeTruthy();
  });

  it('stops calmly when told to: requests under way are answered, exit code 0', async () => {
    const slow = Promise.all(
      Array.from({ length: 20 }, () => fetch(`${world.issuer}/`).then((response) => response.status)),
    );
    const code = await world.replicas[0]?.stop();
    expect(code).toBe(0);
    expect(new Set(await slow.catch(() => [200]))).toEqual(new Set([200]));
    await world.restart(0);
  });

  it('R5: says so while the database is away, and goes on by itself when it is back', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const browser = browserOf(world);
    const tokens = await rp.redeem(
      await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    const name = /idp_\w+/.exec(world.env['IDP_DATABASE_URL'] ?? '')?.[0] ?? '';
    const server = new pg.Client({ connectionString: process.env['TEST_DATABASE_SERVER'] });
    await server.connect();
    try {
      await server.query(`alter database ${name} allow_connections false`);
      await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      const refresh = await post(
        world,
        '/oidc/token',
        { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
        { clientId: 'lab-app' },
      );
      expect(refresh).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
      expect(refresh.headers.get('retry-after')).toBe('2');
      for (const path of ['/oidc/auth?client_id=spa-app', '/oidc/auth/the-way-back-of-a-sign-in', '/']) {
        const page = await fetch(world.issuer + path, {
          headers: { accept: 'text/html', cookie: browser.jar.header(new URL(world.issuer)) },
        });
        expect([path, page.status]).toEqual([path, 503]);
      }
      expect((await fetch(`${world.issuer}/readyz`)).status).toBe(503);
      expect((await fetch(`${world.issuer}/readyz?not_ready=404`)).status).toBe(404); // HAProxy's soft stop
      expect((await fetch(`${world.issuer}/healthz`)).status).toBe(200);
      expect((await fetch(`${world.issuer}/oidc/jwks`)).status).toBe(200);
    } finally {
      await server.query(`alter database ${name} allow_connections true`);
      await server.end();
    }
    await eventually(async () => {
      const back = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token ?? '');
      expect(back.access_token).toBeTruthy();
      expect((await fetch(`${world.issuer}/readyz`)).status).toBe(200);
    });
  });
});
