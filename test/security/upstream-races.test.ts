import { sql } from 'kysely';
import { portalOf } from '../support/forged-form.ts';
import { eventually } from '../support/eventually.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { type Journey, signIn } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import {
  LINKS,
  atSignIn,
  declare,
  departToLink,
  link,
  manifestOf,
  offered,
  signInWith,
} from '../idp/upstream-world.ts';

const OVER = '機構的登入服務已結束這次登入';
const now = (): number => Math.floor(Date.now() / 1000);

/* What a provider says is over while a sign-in by it is under way ends that too. */
describe('a logout token that comes in the middle of a sign-in', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  beforeAll(async () => {
    [world, group] = await Promise.all([startIdpWorld({ replicas: 2 }), startLyingProvider()]);
    await declare(world, manifestOf(group, 'group'));
    await offered(world, 'group');
    await link(world, await portalOf(world, 'demo.nurse'), 'group');
  });
  afterAll(async () => {
    await world.stop();
    await group.stop();
  });
  beforeEach(async () => {
    group.lies = {};
    group.who = { sub: 'subject-1' };
    await world.database.db.deleteFrom('upstream_logout').execute();
    await world.database.db.deleteFrom('upstream_session').execute();
  });

  const SUBJECT = { sub: 'subject-1', sid: 'sid-subject-1' };
  const tell = async (claims: object = SUBJECT, base = world.issuer): Promise<number> => {
    const body = new URLSearchParams({ logout_token: await group.logoutToken({ ...claims }) });
    return (await fetch(`${base}/federation/upstream/group/backchannel-logout`, { method: 'POST', body }))
      .status;
  };
  const sessions = async (): Promise<number> =>
    (await world.database.db.selectFrom('upstream_session').selectAll().execute()).length;
  const isIn = async (browser: Journey): Promise<boolean> =>
    (await browser.open(`${world.issuer}${LINKS}`)).url.pathname === LINKS;
  /** Signs in as far as the address, which is not asked. */
  const until = async (browser: Journey, ends: RegExp): Promise<string> => {
    browser.stopBefore(({ pathname }) => ends.test(pathname));
    const { url } = await signInWith(world, browser, 'group');
    browser.stopBefore(() => false);
    expect(url.pathname).toMatch(ends);
    return url.href;
  };
  /** So many wait for a row that somebody else holds. */
  const waiting = async (count: number): Promise<void> =>
    eventually(async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(world.database.db);
      expect(rows[0]?.n).toBe(count);
    });

  it.each([
    ['before it is back from there', /\/callback$/, undefined],
    ['before it is taken up', /\/upstream\/arrival$/, OVER],
    ['before the session is made', /^\/oidc\/auth\/[\w-]+$/, undefined],
  ] as const)('Back-Channel Logout §2.7: ends a sign-in %s', async (_name, place, words) => {
    for (const named of [SUBJECT, { sub: SUBJECT.sub }, { sid: SUBJECT.sid }]) {
      const browser = await atSignIn(world);
      const onward = await until(browser, place);
      expect(await tell(named)).toBe(200);
      const page = await browser.open(onward);
      expect(page.status).toBeLessThan(500);
      if (words !== undefined) expect(page.text).toContain(words);
      expect([await sessions(), await isIn(browser)]).toEqual([0, false]);
    }
  });

  it('Back-Channel Logout §2.7: ends a sign-in while the code is being redeemed', async () => {
    const browser = await atSignIn(world);
    group.slow = { token: 400 };
    const arriving = signInWith(world, browser, 'group');
    await eventually(() => expect(group.visits.at(-1)).toBe('/token'));
    expect(await tell()).toBe(200);
    group.slow = {};
    expect((await arriving).text).toContain(OVER);
    expect([await sessions(), await isIn(browser)]).toEqual([0, false]);
  });

  it('Back-Channel Logout §2.7: ends a sign-in that waits for the second factor, and says so', async () => {
    group.who = { sub: 'manager' };
    await link(world, await portalOf(world, 'demo.manager'), 'group');
    await world.database.db.deleteFrom('upstream_session').execute();
    for (const named of [{ sub: 'manager' }, { sid: 'sid-manager' }]) {
      const browser = await atSignIn(world);
      const asked = await signInWith(world, browser, 'group');
      expect(asked.forms.some((form) => 'code' in form.fields)).toBe(true);
      expect(await tell({ sub: 'another' })).toBe(200);
      expect(await tell({ sub: 'manager', sid: 'another' })).toBe(200);
      expect((await browser.open(asked.url.href)).forms.some((form) => 'code' in form.fields)).toBe(true);
      expect(await tell(named)).toBe(200);
      const page = await browser.submit((form) => 'code' in form.fields, { code: '000000' });
      expect([page.status, page.text.includes(OVER), await sessions()]).toEqual([200, true, 0]);
      expect(page.forms.some((form) => 'captcha' in form.fields)).toBe(true);
      // and the next sign-in is as good as any, even within the same second
      await signInWith(world, browser, 'group');
      await signIn(browser, 'demo.manager');
      expect([await sessions(), await isIn(browser)]).toEqual([1, true]);
      await world.database.db.deleteFrom('upstream_session').execute();
    }
  });

  it('Back-Channel Logout §2.7: ends a link that is not yet made', async () => {
    group.who = { sub: 'of-new' };
    const person = await portalOf(world, 'demo.new');
    await departToLink(world, person, 'group');
    expect(await tell({ sub: 'of-new' })).toBe(200);
    await person.submit((form) => form.action.endsWith(LINKS));
    expect(
      await world.database.db.selectFrom('upstream_link').select('subject').execute(),
    ).not.toContainEqual({
      subject: 'of-new',
    });
  });

  it('Back-Channel Logout §2.7: leaves a sign-in alone that is later than what it is about', async () => {
    const before = now() - 100;
    expect(await tell({ ...SUBJECT, iat: before })).toBe(200);
    const browser = await atSignIn(world);
    const onward = await until(browser, /\/upstream\/arrival$/);
    expect(await tell({ ...SUBJECT, iat: before })).toBe(200);
    expect(await tell({ sid: 'sid-another' })).toBe(200);
    await browser.open(onward);
    expect([await sessions(), await isIn(browser)]).toEqual([1, true]);
  });

  it('E4: is not overtaken by a session that is written while it waits, nor by one that waits for it', async () => {
    const { db } = world.database;
    const RESUME = /^\/oidc\/auth\/[\w-]+$/;
    // it holds the provider and waits for an older session; the new one waits for the provider
    const older = await atSignIn(world);
    await signInWith(world, older, 'group');
    const late = await atSignIn(world);
    const onward = await until(late, RESUME);
    const first = await db.transaction().execute(async (trx) => {
      await sql`select 1 from oidc_session o join upstream_session s on s.session_uid = o.uid for update of o`.execute(
        trx,
      );
      const told = tell();
      await waiting(1);
      const made = late.open(onward);
      await waiting(2);
      return { told, made };
    });
    expect([await first.told, (await first.made).status < 500]).toEqual([200, true]);
    expect([await sessions(), await isIn(older), await isIn(late)]).toEqual([0, false, false]);

    // the new one holds the provider and waits for the link; it waits for the provider
    const early = await atSignIn(world);
    const resume = await until(early, RESUME);
    const second = await db.transaction().execute(async (trx) => {
      await sql`select 1 from upstream_link for update`.execute(trx);
      const made = early.open(resume);
      await waiting(1);
      const told = tell();
      await waiting(2);
      return { told, made };
    });
    expect([await second.told, (await second.made).status < 500]).toEqual([200, true]);
    expect([await sessions(), await isIn(early)]).toEqual([0, false]);
  });

  it('E4: of sign-ins and logouts that run at once none is left in, at any replica', async () => {
    for (let round = 0; round < 5; round += 1) {
      const browsers = await Promise.all(Array.from({ length: 4 }, () => atSignIn(world)));
      const onward = await Promise.all(browsers.map((one) => until(one, /\/upstream\/arrival$/)));
      const pages = browsers.map((one, at) => one.open(onward[at] ?? ''));
      await new Promise((resolve) => setTimeout(resolve, round * 12));
      const told = await Promise.all(
        [0, 1].map((at) => tell(at === 0 ? SUBJECT : { sub: SUBJECT.sub }, world.replicaUrls[at])),
      );
      expect(told).toEqual([200, 200]);
      expect((await Promise.all(pages)).filter(({ status }) => status >= 500)).toEqual([]);
      expect(await sessions()).toBe(0);
    }
  });
});
