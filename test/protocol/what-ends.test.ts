import { createLocalJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { eventually } from '../support/eventually.ts';
import { forgeForm } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const LAB_1 = 'P@00000001P@lab_01';
const LAB_2 = 'P@00000001P@lab_02';
const WITHIN_MS = 1500;

describe('SM-16, P-27: what ends when', () => {
  let world: IdpWorld;
  let rp: RelyingParty;
  let browser: Journey;
  let accessToken: string;
  let refreshToken: string;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    rp = await createRelyingParty(world, 'lab-app', { pushed: true });
  });
  afterAll(() => world.stop());

  beforeEach(async () => {
    browser = browserOf(world);
    const tokens = await rp.redeem(
      await rp.authorize(browser, {}, { loginName: 'demo.nurse', account: LAB_1 }),
    );
    accessToken = tokens.access_token;
    refreshToken = tokens.refresh_token ?? '';
    world.logouts.length = 0;
  });

  const isDead = async (): Promise<void> => {
    for (const base of world.replicaUrls) {
      const userinfo = await fetch(`${base}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(userinfo.status).toBe(401);
    }
    expect(await oidc.tokenIntrospection(rp.config, accessToken)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(rp.config, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  };
  const logoutArrives = (): Promise<void> =>
    eventually(() => expect(world.logouts.map(({ client }) => client)).toEqual(['lab-app']), WITHIN_MS);

  it('person disabled: sessions, tokens, the sign-in under way; the client is told by a valid logout token', async () => {
    const halfway = browserOf(world);
    await rp.authorize(halfway); // a sign-in that has only begun
    const run = await world.command('accounts', 'disable', 'demo.nurse', '--reason', 'left the unit');
    expect(run).toMatchObject({ code: 0 });
    try {
      await isDead();
      await logoutArrives();
      const { token, claims } = world.logouts[0] as (typeof world.logouts)[0];
      const keys = (await (await fetch(`${world.issuer}/oidc/jwks`)).json()) as { keys: [] };
      const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
        issuer: world.issuer,
        audience: 'lab-app',
        typ: 'logout+jwt',
      });
      expect(protectedHeader.alg).toBe('ES256');
      expect(claims['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
      expect(claims).not.toHaveProperty('nonce');

      const silent = await rp.authorize(browser, { prompt: 'none' });
      expect(silent.callback.searchParams.get('error')).toBe('login_required');
      const page = await signIn(halfway, 'demo.nurse');
      expect(page.url.origin).toBe(world.issuer);
    } finally {
      await world.command('accounts', 'enable', 'demo.nurse', '--reason', 'test');
    }
  });

  it.each([
    ['the person is disabled', `status = 'disabled'`, `status = 'active'`],
    ['the person’s account has run out', 'expires_at = now()', 'expires_at = null'],
  ])(
    'E4: %s, and nobody was told: code, tokens, session and console are over all the same',
    async (_what, end, undo) => {
      const set = (change: string) =>
        world.database.query(`update account set ${change} where login_name = $1`, ['demo.nurse']);
      const waiting = await rp.authorize(browserOf(world, browser), { account: LAB_1 });
      expect(waiting.callback.searchParams.get('code')).not.toBeNull();
      await set(end);
      try {
        await expect(rp.redeem(waiting)).rejects.toMatchObject({ error: 'invalid_grant' });
        await isDead();
        for (const path of ['/account/sessions', '/console']) {
          const page = await browser.open(world.issuer + path);
          expect([path, page.text.includes('王示範')]).toEqual([path, false]);
        }
        const silent = await rp.authorize(browserOf(world, browser), { prompt: 'none' });
        expect(silent.callback.searchParams.get('error')).toBe('login_required');
      } finally {
        await set(undo);
        await world.database.db.deleteFrom('oidc_session').execute(); // nobody ended it, so nobody is told later
      }
    },
  );

  it('subsystem account disabled: what was granted as it; the session goes on with another account', async () => {
    await world.command('subsystem-accounts', 'disable', LAB_1, '--reason', 'moved');
    try {
      await isDead();
      await logoutArrives();
      const silent = await rp.authorize(browser, { prompt: 'none' });
      expect(silent.callback.searchParams.get('error')).toBe('account_selection_required');
      const other = await rp.redeem(await rp.authorize(browser, { account: LAB_2 }));
      expect(other.claims()?.['subsystem_account']).toMatchObject({ id: LAB_2 });
    } finally {
      await world.command('subsystem-accounts', 'enable', LAB_1, '--reason', 'test');
    }
  });

  it('client disabled: its tokens at once, its authentication within a second on every replica', async () => {
    await world.command('clients', 'disable', 'lab-app');
    try {
      const userinfo = await fetch(`${world.issuer}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(userinfo.status).toBe(401);
      await eventually(async () => {
        for (const base of world.replicaUrls) {
          const answer = await fetch(`${base}/oidc/auth?client_id=lab-app`, {
            headers: { accept: 'text/html' },
          });
          expect(answer.status).toBe(400);
          expect(await answer.text()).toContain('invalid_client');
        }
      }, 1000);
    } finally {
      await world.command('clients', 'enable', 'lab-app');
      await eventually(() => rp.authorize(browserOf(world)).then(() => undefined));
    }
  });

  it('signed out at the relying party’s request: confirmed by the person, state handed back', async () => {
    const end = oidc.buildEndSessionUrl(rp.config, {
      post_logout_redirect_uri: `${world.rpOrigin}/out`,
      state: 'kept as it is',
    });
    await browser.open(end.href);
    const confirm = browser.page();
    expect(confirm?.status).toBe(200);
    expect(confirm?.headers.get('content-security-policy')).toContain(`form-action 'self' ${world.rpOrigin}`);
    const done = await browser.submit(
      (form) => 'xsrf' in form.fields,
      {},
      ({ name }) => name === 'logout',
    );
    expect(done.url.href.startsWith(`${world.rpOrigin}/out`)).toBe(true);
    expect(done.url.searchParams.get('state')).toBe('kept as it is');
    await isDead();
    await logoutArrives();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['signed out at the portal', () => forgeForm(world, browser, '/sign-out', {})],
    [
      'signed out everywhere by the person, from another browser',
      async () => {
        const other = browserOf(world);
        await other.open(`${world.issuer}/sign-in`);
        await signIn(other, 'demo.nurse');
        await forgeForm(world, other, '/account/sessions/others/removal', {});
      },
    ],
    [
      'unbound by the person',
      () => forgeForm(world, browser, `/account/bindings/${encodeURIComponent(LAB_1)}/removal`, {}),
    ],
  ])('%s: the tokens at once, the client within a second', async (_what, end) => {
    const { sub, sid }: Record<string, unknown> = {
      ...(await rp.redeem(await rp.authorize(browser))).claims(),
    };
    world.logouts.length = 0;
    await end();
    await isDead();
    const told = expect.objectContaining({
      client: 'lab-app',
      claims: expect.objectContaining({ sub, sid }) as object,
    });
    await eventually(() => expect(world.logouts).toContainEqual(told), WITHIN_MS);
    await world.database.query(
      `insert into binding (subsystem_account_id, account_id, name)
       select id, account_id, '實驗一' from subsystem_account where id = $1 on conflict do nothing`,
      [LAB_1],
    );
  });

  it('Back-Channel Logout §2.4: sent again, it is a new token of the same logout', async () => {
    await forgeForm(world, browser, '/sign-out', {});
    await logoutArrives();
    const first = world.logouts[0]?.claims ?? {};
    await eventually(async () => {
      await world.database.query(
        `update logout_delivery set delivered_at = null, next_attempt_at = now(), leased_until = null where $1`,
        [true],
      );
      await world.database.query("select pg_notify('logout_delivery', $1)", ['']);
      const again = world.logouts.findLast(({ claims }) => claims['sid'] === first['sid'])?.claims ?? {};
      expect(again['jti']).not.toBe(first['jti']);
      expect(again['sub']).toBe(first['sub']);
      expect(Number(again['iat'])).toBeGreaterThan(Number(first['iat']));
      expect(Number(again['exp'])).toBeGreaterThan(Date.now() / 1000);
    }, 5000);
  });

  it('password changed by its owner: the other sessions, not the one it was changed in', async () => {
    const other = browserOf(world);
    await other.open(`${world.issuer}/sign-in`);
    await world.database.query(
      `update password_credential set must_change = true
       where account_id = (select id from account where login_name = $1)`,
      ['demo.nurse'],
    );
    const page = await signIn(other, 'demo.nurse');
    expect(page.forms.some((form) => 'new_password' in form.fields)).toBe(true);
    const password = 'Another*2026Nurse';
    const home = await other.submit((form) => 'new_password' in form.fields, {
      new_password: password,
      repeat_password: password,
    });
    expect(home.url.pathname).toBe('/');
    expect(home.text).toContain('王示範');
    await isDead();
    // this test's session, and those the tests before have left
    await eventually(() => expect(world.logouts.length).toBeGreaterThan(0), WITHIN_MS);
  });
});

describe('sessions reach their limits', () => {
  let world: IdpWorld;

  beforeAll(async () => {
    world = await startIdpWorld({ env: { SESSION_IDLE_SECONDS: '3', SESSION_ABSOLUTE_SECONDS: '6' } });
  });
  afterAll(() => world.stop());

  it('idle and absolute: activity prolongs, never past the absolute limit; the client is told', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    const tokens = await rp.redeem(at);
    const sub = tokens.claims()?.sub ?? '';
    const started = Date.now();
    const stillThere = async (): Promise<boolean> => {
      const { status } = await fetch(`${world.issuer}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      return status === 200;
    };
    let lastSeen = 0;
    while (Date.now() - started < 9000 && (await stillThere())) {
      lastSeen = Date.now() - started;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(lastSeen).toBeGreaterThan(4000); // beyond the idle limit, because it was used
    expect(lastSeen).toBeLessThan(7500);
    await eventually(() => expect(world.logouts).toHaveLength(1), 8000);
    expect(world.logouts[0]).toMatchObject({ client: 'lab-app', claims: { sub } });
    const rows = await world.database.db.selectFrom('oidc_session').select('uid').execute();
    expect(rows).toEqual([]);
  });

  it('B6: refreshing prolongs a session, never past its absolute limit', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const at = await rp.authorize(browserOf(world), {}, { loginName: 'demo.nurse', account: LAB_1 });
    const { refresh_token: value = '' } = await rp.redeem(at);
    const started = Date.now();
    let lastSeen = 0;
    const refresh = () =>
      oidc.refreshTokenGrant(rp.config, value).then(
        () => undefined,
        (refused: { error?: string }) => refused.error,
      );
    let error: string | undefined;
    for (; Date.now() - started < 12_000; await new Promise((resolve) => setTimeout(resolve, 500))) {
      error = await refresh();
      if (error !== undefined) break;
      lastSeen = Date.now() - started;
    }
    expect(error).toBe('invalid_grant');
    expect(lastSeen).toBeGreaterThan(4000);
    expect(lastSeen).toBeLessThan(7500);
  });
});
