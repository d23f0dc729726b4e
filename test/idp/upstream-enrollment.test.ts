import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA, type Journey, type Page } from '../support/journey.ts';
import { type LyingProvider, startLyingProvider } from '../support/lying-provider.ts';
import { browserOf } from '../support/relying-party.ts';
import { consoleOf } from '../support/review-world.ts';
import { lastAudit, personOf } from './bindings-support.ts';
import { atSignIn, declare, link, manifestOf, offered, signInWith } from './upstream-world.ts';

const HOSPITAL = '9876543210';
const STATION = '2311170010';
const PASSWORD = 'Sturdy*Boat7Lamp';
const BEGIN = '/enrollment/institution';
const TWENTY = Array.from({ length: 20 });
const claims = { name: 'name', email: 'email', unit: 'unit', employee: 'employee_number' };
let serial = 4000;

describe('an account asked for from the sign-in at an institution', () => {
  let world: IdpWorld;
  let group: LyingProvider;
  let manager: ReturnType<typeof consoleOf>;
  beforeAll(async () => {
    [world, group] = await Promise.all([startIdpWorld(), startLyingProvider()]);
    const vouchesFor = { units: [HOSPITAL], emailDomains: [], roles: ['user'] };
    await declare(world, manifestOf(group, 'group', { claims, vouchesFor }));
    await offered(world, 'group');
    manager = consoleOf(world, await portalOf(world, 'demo.manager'));
  });
  afterAll(async () => {
    await world.stop();
    await group.stop();
  });
  beforeEach(() => {
    serial += 1;
    group.who = { sub: `newcomer-${serial}`, name: '林新人', email: `new${serial}@hospital.example.test` };
    group.lies = { claims: { unit: HOSPITAL, employee_number: 'E-77' } };
  });

  /** Signs in at the institution, where nobody here is linked, up to the ways on. */
  const arrive = async (): Promise<Journey> => {
    const browser = await atSignIn(world);
    const page = await signInWith(world, browser, 'group');
    expect(page.text).toContain('還沒有連結');
    return browser;
  };
  const begin = (browser: Journey) => browser.submit((form) => form.action === BEGIN);
  const fillIn = async (
    browser: Journey,
    wish: { unit?: string; name?: string } = {},
  ): Promise<{ loginName: string; review: Page }> => {
    const loginName = `newcomer.${serial}`;
    if (wish.unit !== undefined) {
      await browser.open(`${world.issuer}/enrollment/unit?q=${wish.unit}`);
      await browser.submit((form) => form.method === 'post' && form.action.endsWith('/unit'), {
        unit: wish.unit,
      });
    }
    await browser.submit((form) => form.action.endsWith('/role'), { role: 'user' });
    await browser.submit((form) => form.action.endsWith('/person'), {
      ...{ login_name: loginName, new_password: PASSWORD, repeat_password: PASSWORD },
      ...{ national_id: syntheticNationalId('F', 2, serial), title: '護理師', phone: '02-12345678' },
      ...(wish.name !== undefined && { name: wish.name }),
    });
    const review = await browser.submit((form) => form.action.endsWith('/subsystems'));
    return { loginName, review };
  };
  /** Sends it; the address counts as confirmed, so that it lies before its reviewers. */
  const send = async (browser: Journey, loginName: string): Promise<string> => {
    await browser.submit((form) => form.action.endsWith('/submission'), { captcha: FIXED_CAPTCHA });
    const { id } = await world.database.db
      .updateTable('enrollment')
      .set({ status: 'pending_unit_review', waiting_since: new Date() })
      .where('login_name', '=', loginName)
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  };
  const approve = (id: string) => manager.decide(`/console/enrollments/${id}`, 'approve');
  const linkOf = async (loginName: string) => {
    const { id } = await personOf(world, loginName);
    const links = world.database.db
      .selectFrom('upstream_link')
      .select(['provider_code', 'issuer', 'subject']);
    return links.where('account_id', '=', id).executeTakeFirst();
  };
  const proofs = async () =>
    (await world.database.db.selectFrom('upstream_proof').select('id').execute()).length;

  it('C25: fills in what the institution says, names its source, and links the subject with the approval that covered it', async () => {
    const browser = await arrive();
    const role = await begin(browser);
    expect(role.url.pathname).toBe('/enrollment/role');
    const person = await browser.submit((form) => form.action.endsWith('/role'), { role: 'user' });
    expect(person.html).toContain('value="林新人"');
    expect(person.text.match(/由「機構 group」提供/g)).toHaveLength(2);
    expect(person.text).toContain('核准後，那裡的帳號會連結到您的新帳號');
    await browser.open(`${world.issuer}/enrollment/role`);
    const { loginName, review } = await fillIn(browser, { name: '林更正' });
    // the unit and the address are as the institution says; the name was corrected
    expect(review.text.match(/由「機構 group」提供/g)).toHaveLength(2);
    const id = await send(browser, loginName);
    const page = await manager.open(`/console/enrollments/${id}`);
    for (const words of [
      ...['（由「機構 group」提供）', '機構 group · 林新人', 'E-77', '連結「機構 group」的機構帳號：能登入'],
    ]) {
      expect(page.text).toContain(words);
    }
    expect(page.text).not.toContain('林更正（由');
    expect((await approve(id)).status).toBe(303);
    expect(await linkOf(loginName)).toEqual({
      ...{ provider_code: 'group', issuer: group.issuer, subject: `newcomer-${serial}` },
    });
    expect(await lastAudit(world, 'upstream_link.created')).toMatchObject({
      details: { provider: 'group', enrollment: id },
    });
    expect(await proofs()).toBe(0);
    const home = await signInWith(world, await atSignIn(world), 'group');
    expect(home.text).toContain('登出');
  });

  it('C25: a sign-in there begins one application, in its own browser, however often it is tried', async () => {
    const browser = await arrive();
    const elsewhere = browserOf(world);
    await elsewhere.open(`${world.issuer}/enrollment`);
    const headers = (journey: Journey) => ({
      cookie: journey.jar.header(new URL(BEGIN, world.issuer)),
      origin: world.issuer,
    });
    const post = (journey: Journey) =>
      fetch(`${world.issuer}${BEGIN}`, { method: 'POST', redirect: 'manual', headers: headers(journey) });
    expect((await post(elsewhere)).headers.get('location')).toBe('/enrollment?institution=gone');
    const places = await Promise.all(TWENTY.map(async () => (await post(browser)).headers.get('location')));
    expect(places.filter((place) => place === '/enrollment/role')).toHaveLength(1);
    expect(places.filter((place) => place === '/enrollment?institution=gone')).toHaveLength(19);
    expect((await browser.open(`${world.issuer}/enrollment?institution=gone`)).text).toContain(
      '機構的登入已過期或已使用',
    );
    await world.database.db.deleteFrom('upstream_proof').execute();
  });

  it('C25: a sign-in there expires after half an hour, before the application or while it is filled in', async () => {
    const expire = () =>
      world.database.db
        .updateTable('upstream_proof')
        .set({ expires_at: new Date(0) })
        .execute();
    const late = await arrive();
    await expire();
    expect((await begin(late)).text).toContain('機構的登入已過期或已使用');
    const browser = await arrive();
    await begin(browser);
    await expire();
    const { loginName, review } = await fillIn(browser);
    expect(review.text).toContain('不會連結那裡的帳號');
    expect(review.text).not.toContain('由「機構 group」提供');
    const id = await send(browser, loginName);
    expect((await approve(id)).status).toBe(303);
    expect(await linkOf(loginName)).toBeUndefined();
  });

  it.each([
    ['linked to another meanwhile', 'taken', '已連結到其他帳號'],
    ['of a provider that is disabled', 'not_vouched', '該登入服務已停用'],
    ['of a provider that does not speak for the unit', 'not_vouched', '不在該機構可擔保的單位'],
  ])('C25: opens the account without a link to a subject %s', async (what, reason, words) => {
    const browser = await arrive();
    await begin(browser);
    const { loginName } = await fillIn(browser);
    const id = await send(browser, loginName);
    const setUnits = (units: string[]) =>
      declare(
        world,
        manifestOf(group, 'group', { claims, vouchesFor: { units, roles: ['user', 'unit_manager'] } }),
      );
    if (reason === 'taken') {
      await link(world, await portalOf(world, 'demo.nurse'), 'group');
      expect(await linkOf('demo.nurse')).toMatchObject({ subject: group.who.sub });
    } else if (what.includes('disabled')) {
      await world.command('providers', 'disable', 'group', '--reason', 'test');
    } else await setUnits([STATION]);
    expect((await manager.open(`/console/enrollments/${id}`)).text).toContain(words);
    expect((await approve(id)).status).toBe(303);
    expect(await linkOf(loginName)).toBeUndefined();
    expect(await lastAudit(world, 'upstream_link.refused')).toMatchObject({ reason });
    await world.command('providers', 'enable', 'group', '--reason', 'test');
    await setUnits([HOSPITAL]);
    await world.database.db.deleteFrom('upstream_link').execute();
    await offered(world, 'group');
  });

  it('C25: what is typed counts for no link: the same name and address typed without the sign-in link nothing', async () => {
    const browser = browserOf(world);
    await browser.open(`${world.issuer}/enrollment/unit?q=${HOSPITAL}`);
    await browser.submit((form) => form.method === 'post' && form.action.endsWith('/unit'), {
      unit: HOSPITAL,
    });
    const loginName = `newcomer.${serial}`;
    await browser.submit((form) => form.action.endsWith('/role'), { role: 'user' });
    await browser.submit((form) => form.action.endsWith('/person'), {
      ...{ login_name: loginName, new_password: PASSWORD, repeat_password: PASSWORD, name: '林新人' },
      ...{ national_id: syntheticNationalId('F', 2, serial), title: '護理師', phone: '02-12345678' },
      email: group.who.email ?? '',
    });
    const review = await browser.submit((form) => form.action.endsWith('/subsystems'));
    expect(review.text).not.toContain('提供');
    await approve(await send(browser, loginName));
    expect(await linkOf(loginName)).toBeUndefined();
    expect((await signInWith(world, await atSignIn(world), 'group')).text).toContain('還沒有連結');
  });
});
