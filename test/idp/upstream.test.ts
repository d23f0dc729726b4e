import { createRemoteJWKSet, jwtVerify } from 'jose';
import { readProviderManifest } from '#idp/federation/upstream/manifest.ts';
import { issuerFault } from '#idp/federation/upstream/policy.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Page, signIn } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { FORM, rawRequest } from '../support/raw-http.ts';
import { lastAudit, personOf } from './bindings-support.ts';
import {
  LINKS,
  atSignIn,
  declare,
  departToLink,
  link,
  manifestOf,
  offered,
  signInWith,
} from './upstream-world.ts';

const HOSPITAL = '9876543210';
const isHome = (page: Page): boolean => page.url.pathname === '/' && page.text.includes('登出');

describe('signing in with an institution’s provider', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let county: LyingProvider;
  let usual: LyingProvider['who'];

  beforeAll(async () => {
    [world, group, county] = await Promise.all([
      startIdpWorld({ replicas: 2 }),
      startLyingProvider(),
      startLyingProvider(),
    ]);
    usual = group.who;
    county.lies.metadata = { pushed_authorization_request_endpoint: `${county.issuer}/par` };
    await declare(
      world,
      manifestOf(group, 'group', { stable: ['name'] }),
      manifestOf(county, 'county', {
        shown: 'when_named',
        acr: { ceiling: 'password', values: { 'urn:two': 'mfa' }, secondFactors: ['otp'] },
        vouchesFor: {
          units: [HOSPITAL],
          emailDomains: ['county.example.test'],
          roles: ['user', 'unit_manager'],
        },
      }),
    );
    await offered(world, 'group');
  });
  afterAll(async () => {
    await world.stop();
    await Promise.all([group.stop(), county.stop()]);
  });
  beforeEach(() => {
    group.lies = {};
    group.who = { ...usual };
  });

  const linkOf = async (loginName: string) => {
    const { id } = await personOf(world, loginName);
    const links = world.database.db.selectFrom('upstream_link').selectAll();
    return links.where('account_id', '=', id).executeTakeFirst();
  };
  const unlinkAll = () => world.database.db.deleteFrom('upstream_link').execute();
  const arrives = async (code = 'group', search = ''): Promise<Page> =>
    signInWith(world, await atSignIn(world, search), code);

  it('declares providers by manifests under review, tries them, and says what is wrong with one', async () => {
    expect((await world.command('providers', 'list')).output).toMatch(
      /^county\t.*active.*\ngroup\t.*0 linked$/m,
    );
    expect((await world.command('providers', 'test', 'county')).output).toContain('pushed requests: yes');
    const wrong = [
      [{ vouchesFor: { units: [] } }, /vouchesFor: names nobody/],
      [{ vouchesFor: { units: [HOSPITAL], roles: ['hpa_admin'] } }, /vouchesFor.roles/],
      [{ acr: { ceiling: 'phishing-resistant' } }, /acr.ceiling/],
      [{ client: { id: 'x', scopes: ['profile'] } }, /openid is missing/],
      [{ issuer: 'ftp://hospital.example.test' }, /issuer/],
      [{ surprise: 1 }, /surprise/],
    ] as const;
    for (const [part, words] of wrong) {
      const reading = readProviderManifest(JSON.stringify(manifestOf(group, 'third', part)));
      expect(reading).toMatchObject({ ok: false, faults: [expect.stringMatching(words)] });
    }
    for (const [issuer, isLoopbackAllowed, fault] of [
      ['https://hospital.example.test/op', false, undefined],
      ['http://localhost:9', true, undefined],
      ['http://localhost:9', false, 'is not https'],
      ['http://hospital.example.test', true, 'is not https'],
      ['https://hospital.example.test/?a', true, 'has a query, a fragment or a user'],
    ] as const) {
      expect(issuerFault(issuer, isLoopbackAllowed)).toBe(fault);
    }
    const elsewhere = { issuer: 'https://third.example.test' };
    const secret = { client: { id: 'x', authentication: 'client_secret_basic' } };
    expect(await declare(world, manifestOf(group, 'third', { ...elsewhere, ...secret }))).toContain(
      'client secret is not given',
    );
    expect(await declare(world, manifestOf(group, 'third'))).toContain('another provider has this issuer');
    expect(await declare(world, manifestOf(county, 'group'))).toContain('issuer cannot change');
  });

  it('leads whoever is not linked to the ways on, links by proof of both, and lands in one click from then on', async () => {
    const stranger = await arrives();
    expect(stranger.text).toContain('還沒有連結');
    expect(stranger.text).toContain('王機構');
    expect(stranger.html).toContain('href="/account/links?provider&#x3D;group"');
    expect(await lastAudit(world, 'sign_in.refused')).toMatchObject({ reason: 'upstream_unlinked' });

    const nurse = await portalOf(world, 'demo.nurse');
    expect((await nurse.open(`${world.issuer}/account/security`)).html).toContain(`href="${LINKS}"`);
    const asks = await departToLink(world, nurse, 'group');
    expect(Object.fromEntries(group.asked)).toMatchObject({
      prompt: 'login',
      max_age: '300',
      ui_locales: 'zh-TW',
    });
    expect(asks.text).toContain('wang@hospital.example.test');
    const done = await nurse.submit((form) => form.action.endsWith(LINKS));
    expect(done.text).toContain('已連結，並以電子郵件通知您');
    expect(await linkOf('demo.nurse')).toMatchObject({ issuer: group.issuer, subject: 'subject-1' });
    expect(await lastAudit(world, 'upstream_link.created')).toMatchObject({ details: { provider: 'group' } });
    const mail = world.database.db.selectFrom('mail_message').select('kind').orderBy('id', 'desc');
    expect(await mail.executeTakeFirst()).toEqual({ kind: 'authenticator_changed' });

    const home = await arrives();
    expect(isHome(home)).toBe(true);
    expect(home.text).toContain('王示範');
    expect(await lastAudit(world, 'sign_in.succeeded')).toMatchObject({
      details: { acr: 'urn:single-entry:acr:password', amr: ['fed'], provider: 'group' },
    });
    expect((await linkOf('demo.nurse'))?.last_used_at).not.toBeNull();
    expect(await world.database.db.selectFrom('upstream_session').selectAll().execute()).toHaveLength(1);

    const [form] = group.redeemed.slice(-1);
    const keys = createRemoteJWKSet(new URL(`${world.issuer}/oidc/jwks`));
    const { payload } = await jwtVerify(form?.get('client_assertion') ?? '', keys);
    expect(payload).toMatchObject({ iss: 'single-entry', sub: 'single-entry', aud: group.issuer });
  });

  it('finds a provider by unit or e-mail domain alone, and answers alike for all others', async () => {
    const browser = await atSignIn(world);
    const path = browser.page()?.url.pathname ?? '';
    const ask = (named: string) =>
      browser.open(`${world.issuer}${path}/institution?q=${encodeURIComponent(named)}`);
    for (const named of [HOSPITAL, ' nobody@COUNTY.example.test ', 'county.example.test']) {
      expect((await ask(named)).html).toContain('provider&#x3D;county');
    }
    const answers = await Promise.all(
      ['2311170010', 'demo.nurse', '王示範', 'nobody@nowhere.test', '%00'].map(async (named) => {
        const page = await ask(named);
        return page.html
          .replaceAll(/value="[^"]*"/g, '')
          .replaceAll(/q=[^"&]*/g, '')
          .replaceAll(/q&#x3D;[^"&]*/g, '');
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('沒有可用的機構登入服務');
  });

  it('C16: asks here for the second factor that was not proven there, and for none that was, up to the ceiling', async () => {
    await unlinkAll();
    const manager = await portalOf(world, 'demo.manager');
    await link(world, manager, 'group');
    const asked = await arrives();
    expect(asked.forms.some((form) => 'code' in form.fields)).toBe(true);
    for (const strong of [{ acr: 'urn:two' }, { amr: ['pwd', 'otp'] }]) {
      group.who = { ...usual, ...strong };
      expect(isHome(await arrives())).toBe(true);
      expect(await lastAudit(world, 'sign_in.succeeded')).toMatchObject({
        details: { acr: 'urn:single-entry:acr:mfa', amr: ['fed', 'mfa'] },
      });
    }
    await link(world, manager, 'county');
    county.who = { ...usual, acr: 'urn:two', amr: ['hwk', 'otp'] };
    const browser = await atSignIn(world);
    expect((await signInWith(world, browser, 'county')).forms.some((form) => 'code' in form.fields)).toBe(
      true,
    );
    expect(isHome(await signIn(browser, 'demo.manager'))).toBe(true);
    expect(await lastAudit(world, 'sign_in.succeeded')).toMatchObject({
      details: { amr: ['fed', 'otp', 'mfa'] },
    });
    expect(county.visits).toContain('/par');
  });

  it('passes on what the request asks of the sign-in, and steps up here for what is not honoured', async () => {
    await unlinkAll();
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    await arrives('group', '?fresh=yes');
    expect(group.asked.get('max_age')).toBe('180');
    const browser = await atSignIn(world, '?factor=yes');
    const page = await signInWith(world, browser, 'group');
    expect(group.asked.get('acr_values')).toBe('urn:two');
    expect(page.text).toContain('設定驗證器應用程式');
    group.lies = { claims: { auth_time: Math.floor(Date.now() / 1000) - 7200 } };
    expect((await arrives()).text).toContain('無法採信');
    const nurse = await portalOf(world, 'demo.new');
    expect((await departToLink(world, nurse, 'group')).text).toContain('無法採信');
  });

  it('C16: changes nothing by a provider’s word alone that would outlast it: factors, e-mail, ID number', async () => {
    await unlinkAll();
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    group.who = { ...usual, acr: 'urn:two' };
    const browser = await atSignIn(world);
    expect(isHome(await signInWith(world, browser, 'group'))).toBe(true);
    const own = await portalOf(world, 'demo.nurse');
    const places = ['security/passkey', 'security/authenticator', 'profile/email', 'profile/national-id'];
    for (const place of places) {
      const page = await browser.open(`${world.issuer}/account/${place}`);
      expect([page.url.search, page.text.includes('請先登出')]).toEqual(['?failed=own-proof', true]);
      const address = new URL(`/account/${place}`, world.issuer);
      expect((await own.open(address.href)).url.href).toBe(address.href);
      const posted = await rawRequest(world.issuer, 'POST', address.pathname, {
        headers: { ...FORM, cookie: browser.jar.header(address), origin: world.issuer },
        body: 'email=other%40example.test',
      });
      expect(posted.headers.location).toContain('failed=own-proof');
    }
  });

  it('E4: passes every check of a local sign-in: disabled, expired, moved, no longer vouched for', async () => {
    await unlinkAll();
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    const change = (values: object) =>
      world.database.db.updateTable('account').set(values).where('login_name', '=', 'demo.nurse').execute();
    for (const [off, on, words] of [
      [{ status: 'disabled' }, { status: 'active' }, '無法使用'],
      [{ expires_at: new Date(0) }, { expires_at: null }, '無法使用'],
      [{ unit_code: '2311170010' }, { unit_code: HOSPITAL }, '不適用於您的帳號'],
      [{ role: 'hpa_admin' }, { role: 'user' }, '不適用於您的帳號'],
    ] as const) {
      await change(off);
      expect((await arrives()).text).toContain(words);
      await change(on);
    }
    expect(isHome(await arrives())).toBe(true);
  });

  it('C25: takes a subject whose lasting facts changed for somebody else, until it is linked anew', async () => {
    await unlinkAll();
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    group.who = { ...usual, name: '陳他人' };
    const page = await arrives();
    expect(page.text).toContain('與連結時不同');
    expect(await lastAudit(world, 'sign_in.refused')).toMatchObject({ reason: 'upstream_changed' });
  });

  it('C25: lets a lasting fact that was not told at linking guard the link from when it is', async () => {
    await unlinkAll();
    group.who = { ...usual, name: '' };
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    group.who = { ...usual };
    expect(isHome(await arrives())).toBe(true);
    group.who = { ...usual, name: '陳他人' };
    expect((await arrives()).text).toContain('與連結時不同');
    group.who = { ...usual };
    expect(isHome(await arrives())).toBe(true);
  });

  it('ends what a provider vouched for when it is disabled, and takes it off the sign-in page', async () => {
    await unlinkAll();
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
    const browser = await atSignIn(world);
    await signInWith(world, browser, 'group');
    const { output } = await world.command('providers', 'disable', 'group', '--reason', 'test');
    expect(output).toMatch(/^group disabled, [1-9]\d* session/);
    expect((await browser.open(`${world.issuer}${LINKS}`)).url.pathname).toMatch(/^\/interaction\//);
    await offered(world, 'group', false);
    const page = await signInWith(world, await atSignIn(world), 'group');
    expect(page.status).toBe(404);
    await world.command('providers', 'enable', 'group', '--reason', 'test');
    await offered(world, 'group');
    expect(isHome(await arrives())).toBe(true);
  });
});
