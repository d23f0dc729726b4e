import { readDevice } from '#idp/sessions/device.ts';
import { eventually } from '../support/eventually.ts';
import { credentialsOf, forgeForm, portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import type { Journey } from '../support/journey.ts';
import { type RelyingParty, browserOf, createRelyingParty } from '../support/relying-party.ts';

const PAGE = '/account/sessions';
const LAB_1 = 'P@00000001P@lab_01';

describe('one’s own sessions', () => {
  let world: IdpWorld;
  let lab: RelyingParty;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 2 });
    lab = await createRelyingParty(world, 'lab-app', { pushed: true });
  });
  afterAll(() => world.stop());
  beforeEach(() => world.database.db.deleteFrom('oidc_session').execute());

  const open = (browser: Journey, path = '') => browser.open(world.issuer + PAGE + path);
  const isSignedIn = async (browser: Journey): Promise<boolean> =>
    (await open(browser)).url.pathname === PAGE;
  const removals = (browser: Journey): string[] =>
    (browser.page()?.forms ?? []).map(({ action }) => action).filter((action) => action.endsWith('/removal'));
  const lastEnd = () =>
    world.database.db
      .selectFrom('audit_event')
      .selectAll()
      .where('type', '=', 'session.ended')
      .orderBy('id', 'desc')
      .executeTakeFirst();

  it('E5, SM-16: lists device, times, address and systems; ends one at once, with its tokens, at both replicas', async () => {
    const here = await portalOf(world, 'demo.nurse');
    const there = await portalOf(world, 'demo.nurse');
    const tokens = await lab.redeem(await lab.authorize(browserOf(world, there), { account: LAB_1 }));
    const page = await open(here);
    expect(page.text).toContain('這個瀏覽器');
    expect(page.text).toContain('位址 127.0.0.1');
    expect(page.text).toMatch(/登入時間 \d{4}\/\d\d\/\d\d/);
    expect(page.text).toContain('未知的裝置'); // of a client that does not say what it is
    const received = world.logouts.length;
    const [action = ''] = removals(here).filter((path) => !path.includes('others'));
    const done = await here.submit((form) => form.action === action);
    expect(done.text).toContain('已登出該裝置');
    expect(await lastEnd()).toMatchObject({ details: { cause: 'ended_by_owner' }, outcome: 'success' });

    expect(await isSignedIn(there)).toBe(false);
    for (const replica of world.replicaUrls) {
      const answer = await fetch(`${replica}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      expect(answer.status).toBe(401);
    }
    await eventually(() => expect(world.logouts.length).toBe(received + 1));
    expect(await isSignedIn(here)).toBe(true);
    expect((await forgeForm(world, here, action, {})).status).toBe(404); // ended already
  });

  it('E15, SM-16: signs out everywhere else, however often and at once it is asked, and keeps this browser', async () => {
    const here = await portalOf(world, 'demo.nurse');
    const others = [await portalOf(world, 'demo.nurse'), await portalOf(world, 'demo.nurse')];
    const manager = await portalOf(world, 'demo.manager');
    await open(here);
    const [action = ''] = removals(here).filter((path) => path.includes('others'));
    const answers = await Promise.all([1, 2, 3].map(() => forgeForm(world, here, action, {})));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    for (const other of others) expect(await isSignedIn(other)).toBe(false);
    expect((await open(here)).text).toContain('目前只有這個瀏覽器登入');
    expect(await isSignedIn(manager)).toBe(true);
  });

  it('E5: ends nobody else’s session, nor any for another site or a stranger', async () => {
    const nurse = await portalOf(world, 'demo.nurse');
    const other = await portalOf(world, 'demo.nurse');
    const manager = await portalOf(world, 'demo.manager');
    await open(nurse);
    const [action = ''] = removals(nurse).filter((path) => !path.includes('others'));
    expect((await forgeForm(world, manager, action, {})).status).toBe(404);
    expect((await forgeForm(world, nurse, action, {}, { origin: 'https://elsewhere.example' })).status).toBe(
      403,
    );
    expect((await forgeForm(world, nurse, action, {}, { origin: '' })).status).toBe(403);
    const stranger = await forgeForm(world, browserOf(world), action, {});
    expect(stranger.headers.location).toContain('/sign-in');
    for (const uid of ['', '..', '%27', 'x'.repeat(400)]) {
      expect([404, 405, 400]).toContain((await forgeForm(world, nurse, `${PAGE}/${uid}/removal`, {})).status);
    }
    expect(await isSignedIn(other)).toBe(true);
  });

  it('E5: shows the person’s own sign-ins, failures and why, page by page, and nobody else’s', async () => {
    const stranger = browserOf(world);
    await stranger.open(`${world.issuer}/sign-in`);
    await stranger.submit((form) => 'captcha' in form.fields, {
      ...credentialsOf('demo.new'),
      password: 'Wrong*2026Password',
    });
    const nurse = await portalOf(world, 'demo.nurse');
    expect((await open(nurse, '/history')).text).not.toContain('密碼錯誤');
    const someone = await portalOf(world, 'demo.new');
    const first = await open(someone, '/history');
    expect(first.text).toMatch(/登入成功 單一入口/);
    expect(first.text).toContain('登入失敗 · 密碼錯誤');
    expect(first.text).not.toContain('更早的紀錄');

    const { id } = await world.database.db
      .selectFrom('account')
      .select('id')
      .where('login_name', '=', 'demo.new')
      .executeTakeFirstOrThrow();
    const old = Array.from({ length: 45 }, () => ({
      type: 'sign_in.refused',
      outcome: 'refused' as const,
      reason: 'locked',
      account_id: id,
    }));
    await world.database.db.insertInto('audit_event').values(old).execute();
    const seen: number[] = [];
    let path: string | undefined = '/history';
    while (path !== undefined) {
      const { html }: { html: string } = await open(someone, path);
      seen.push(html.match(/<tr>\s*<td/g)?.length ?? 0);
      path = /rel="next" href="[^"]*before&#x3D;(\d+)"/.exec(html)?.[1];
      if (path) path = `/history?before=${path}`;
    }
    expect(seen.slice(0, 2)).toEqual([20, 20]);
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(47);
    for (const odd of ['0', '-1', 'x', '9'.repeat(30), '%00']) {
      expect([200, 400]).toContain((await open(someone, `/history?before=${odd}`)).status);
    }
  });

  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge',
      'Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome',
      'Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari',
      'iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36',
      'Samsung Internet',
      'Android',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
    ['curl/8.5.0', undefined, undefined],
    [null, undefined, undefined],
  ])('E5: names the device of %s', (userAgent, browser, system) => {
    expect(readDevice(userAgent)).toEqual({ browser, system });
  });
});
