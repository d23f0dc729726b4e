import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const MCH_OF_NURSE = 'P@00000001P@mbh_01';

describe('the browser’s journey', () => {
  let world: IdpWorld;
  let spa: RelyingParty;
  let third: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld();
    spa = await createRelyingParty(world, 'spa-app', { authentication: oidc.None() });
    third = await createRelyingParty(world, 'third-app', {
      authentication: oidc.ClientSecretPost('a-synthetic-client-secret-for-tests'),
    });
  });
  afterAll(() => world.stop());

  it('answers every form with 303, and the credentials’ redirect too', async () => {
    const { browser, path } = await begin();
    const wrong = await forgeForm(world, browser, `${path}/password`, {
      account: 'demo.nurse',
      password: 'x',
      captcha: 'x',
    });
    expect(wrong.status).toBe(303);
    await browser.open(`${world.issuer}${path}`);
    const right = await forgeForm(world, browser, `${path}/password`, credentialsOf('demo.nurse'));
    expect(right.status).toBe(303);
    expect(right.headers.location).toContain('/oidc/auth/');
  });

  describe('begun by an attacker', () => {
    it('is not to be had in another browser, whatever it is asked for', async () => {
      const { path } = await begin();
      const victim = browserOf(world);
      await victim.open(`${world.issuer}/sign-in`);
      const paths = ['', '/captcha.png', '/captcha.wav', '/cancel'].map((part) => ['GET', part]);
      const forms = [
        'password',
        'captcha',
        'second-factor',
        'password-change',
        'account',
        'consent',
        'cancel',
      ];
      for (const [method = '', part = ''] of [...paths, ...forms.map((name) => ['POST', `/${name}`])]) {
        const answer = await forgeForm(world, victim, path + part, credentialsOf('demo.nurse'), { method });
        expect(answer.status).toBe(410);
      }
      const resumed = await victim.open(`${world.issuer}${path.replace('/interaction/', '/oidc/auth/')}`);
      expect(resumed.status).toBe(400);
      expect(await sessions('demo.nurse')).toBe(0);
    });

    it('cannot be finished with the cookie of another interaction, or an unsigned one', async () => {
      const attacker = await begin();
      const own = await begin();
      const uid = attacker.path.split('/')[2] ?? '';
      for (const cookie of [
        own.browser.jar.header(new URL(own.path, world.issuer)),
        `idp_interaction=${uid}`,
        `idp_interaction=${uid}; idp_interaction.sig=${'A'.repeat(27)}`,
        own.browser.jar
          .header(new URL(own.path, world.issuer))
          .replace(/idp_interaction=[^;]*/, `idp_interaction=${uid}`),
      ]) {
        const answer = await forgeForm(
          world,
          own.browser,
          `${attacker.path}/password`,
          credentialsOf('demo.nurse'),
          {
            cookie,
          },
        );
        expect(answer.status).toBe(410);
      }
    });
  });

  it('keeps what was asked for, whatever the way back is given', async () => {
    const { browser, path } = await begin();
    const done = await forgeForm(world, browser, `${path}/password`, credentialsOf('demo.nurse'));
    const evil = new URL(done.headers.location ?? '');
    for (const [name, value] of Object.entries({
      client_id: 'third-app',
      redirect_uri: 'https://evil.test/',
      response_type: 'token',
      scope: 'openid email',
      code_challenge: 'x'.repeat(43),
      state: 'forged',
    })) {
      evil.searchParams.set(name, value);
    }
    const arrived = await browser.open(evil.href);
    expect(arrived.url.origin).toBe(world.rpOrigin);
    expect(arrived.url.searchParams.get('state')).toBe('the-state');
    expect(arrived.url.hash).toBe('');
    const again = await browser.open(evil.href);
    expect(again.status).toBe(400); // once
  });

  it('asks again in earnest for max_age and prompt=login, and its auth_time is then new', async () => {
    const browser = browserOf(world);
    const first = await spa.redeem(await spa.authorize(browser, {}, { loginName: 'demo.nurse' }));
    let since = Number(first.claims()?.['auth_time']);
    for (const parameters of [{ max_age: '1' }, { max_age: '0' }, { prompt: 'login' }]) {
      await sleep(2100);
      if ('max_age' in parameters) {
        const silent = await spa.authorize(browser, { ...parameters, prompt: 'none' });
        expect(silent.callback.searchParams.get('error')).toBe('login_required');
      }
      const at = await spa.authorize(browser, parameters);
      const form = browser.page()?.url.pathname ?? '';
      expect(form).toMatch(/^\/interaction\//);
      const answered = await signIn(browser, 'demo.nurse');
      const tokens = await spa.redeem({ callback: answered.url, verifier: at.verifier });
      const authTime = Number(tokens.claims()?.['auth_time']);
      expect(authTime).toBeGreaterThan(since + 1);
      since = authTime;
      expect((await browser.open(`${world.issuer}${form}`)).status).toBe(410); // Back
    }
  });

  it('A17: OpenID Connect Core §3.1.2.1: a max_age that has not run out asks nothing again, and auth_time stays', async () => {
    const browser = browserOf(world);
    const first = await spa.redeem(await spa.authorize(browser, {}, { loginName: 'demo.nurse' }));
    await sleep(1100); // auth_time counts whole seconds
    const tokens = await spa.redeem(await spa.authorize(browser, { max_age: '10000' }));
    expect(first.claims()?.['auth_time']).toEqual(expect.any(Number));
    expect(tokens.claims()?.['auth_time']).toBe(first.claims()?.['auth_time']);
  });

  it('OpenID Connect Core §5.5.1: a claim asked for as essential comes without its scope, and no other', async () => {
    const browser = browserOf(world);
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    const sign = { loginName: 'demo.nurse' };
    const tokens = await spa.redeem(await spa.authorize(browser, { scope: 'openid', claims }, sign));
    const { sub } = tokens.claims() ?? { sub: '' };
    const answer = await oidc.fetchUserInfo(spa.config, tokens.access_token, sub);
    expect(answer).toEqual({ sub, name: '王示範' });
  });

  it('gives the session another cookie at sign-in and at a stronger one; the old ones are dead', async () => {
    const browser = browserOf(world);
    const cookie = (): string => browser.jar.header(new URL('/', world.issuer));
    const seen = [cookie()];
    await browser.open(`${world.issuer}/sign-in`);
    await signIn(browser, 'demo.manager');
    seen.push(cookie());
    const mch = await createRelyingParty(world, 'mch-app', { pushed: true });
    await mch.authorize(browser, { prompt: 'login' }, { loginName: 'demo.manager' });
    seen.push(cookie());
    expect(new Set(seen).size).toBe(3);
    const home = async (old: string): Promise<string> =>
      (await rawRequest(world.issuer, 'GET', '/', { headers: { cookie: old } })).body;
    expect(await home(seen[1] ?? '')).not.toContain('林示範');
    expect(await home(seen[2] ?? '')).toContain('林示範');
  });

  describe('consent', () => {
    it('is taken only from the page, once, and from the browser that was asked', async () => {
      const browser = browserOf(world);
      const at = await third.authorize(browser, {}, { loginName: 'demo.nurse' });
      const path = browser.page()?.url.pathname ?? '';
      const allow = { decision: 'allow' };
      const other = await begin();
      const strangers = [
        forgeForm(world, other.browser, `${path}/consent`, allow),
        forgeForm(world, browser, `${path}/consent`, allow, { origin: 'https://evil.test' }),
        forgeForm(world, browser, `${path}/consent`, allow, { origin: 'null' }),
        forgeForm(world, browser, `${path}/consent`, allow, { origin: '' }),
        forgeForm(world, other.browser, `${other.path}/consent`, allow), // its step is not due
      ];
      const statuses = (await Promise.all(strangers)).map(({ status }) => status);
      expect(statuses).toEqual([410, 403, 403, 403, 303]);
      expect(await consents()).toBe(0);

      const twice = await Promise.all([
        forgeForm(world, browser, `${path}/consent`, allow),
        forgeForm(world, browser, `${path}/consent`, allow),
      ]);
      const way = twice.find(({ status }) => status === 303)?.headers.location ?? '';
      const arrived = await browser.open(way);
      const tokens = await third.redeem({ callback: arrived.url, verifier: at.verifier });
      expect(decodeJwt(tokens.id_token ?? '')['subsystem_account']).toMatchObject({
        id: 'P@00000001P@thr_01',
      });
      expect((await forgeForm(world, browser, `${path}/consent`, allow)).status).toBe(410);
      const stranger = browserOf(world);
      await stranger.open(`${world.issuer}/sign-in`);
      await signIn(stranger, 'demo.nurse');
      const asked = await third.authorize(stranger, { prompt: 'none' });
      expect(asked.callback.searchParams.get('error')).toBe('consent_required'); // bound to the session
    });
  });

  it.each(['https://evil.test', 'null', '', 'http://localhost', 'http://localhost:1'])(
    'takes no form from %j, of nobody and of nobody’s session',
    async (origin) => {
      const { browser, path } = await begin();
      const nurse = await portalOf(world, 'demo.nurse');
      const entry = `/accounts/${encodeURIComponent(MCH_OF_NURSE)}/entry`;
      const targets: [Journey, string][] = [
        ...['password', 'captcha', 'account', 'cancel'].map((name): [Journey, string] => [
          browser,
          `${path}/${name}`,
        ]),
        ...['/sign-out', entry, `${entry}/favourite`, '/', '/nowhere'].map((at): [Journey, string] => [
          nurse,
          at,
        ]),
      ];
      for (const [journey, target] of targets) {
        for (const type of [FORM['content-type'], 'text/plain']) {
          const answer = await forgeForm(world, journey, target, credentialsOf('demo.nurse'), {
            origin,
            type,
          });
          expect(answer.status).toBe(403);
        }
      }
      expect((await nurse.open(`${world.issuer}/`)).text).toContain('王示範');
    },
  );

  async function begin(): Promise<{ browser: Journey; path: string }> {
    const browser = browserOf(world);
    await spa.authorize(browser);
    return { browser, path: browser.page()?.url.pathname ?? '' };
  }

  async function sessions(loginName: string): Promise<number> {
    const rows = await world.database.db
      .selectFrom('oidc_session')
      .innerJoin('account', 'account.id', 'oidc_session.account_id')
      .select('uid')
      .where('login_name', '=', loginName)
      .execute();
    return rows.length;
  }

  async function consents(): Promise<number> {
    const { db } = world.database;
    const events = db.selectFrom('audit_event').select('id').where('type', '=', 'consent.granted');
    return (await events.execute()).length;
  }
});
