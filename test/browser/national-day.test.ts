import type { Browser, BrowserContext, Page } from 'playwright-core';
import { readManagerQuota } from '#idp/entitlements/index.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { browserOf, createRelyingParty } from '../support/relying-party.ts';
import { HOSPITAL, addPerson, consoleOf, servicesOf } from '../support/review-world.ts';
import { tabTo } from './steps.ts';

/* A day of the national administrator, without touching the mouse. */

const REQUESTS = '/console/permission-requests';
const EMERGENCY = '/console/emergency';
const SUSPENDED = '/console/suspended-accounts';
const CONTENT = '/console/content';
const LAB = 'P@00000001P@lab_01';
const NARROW = { width: 360, height: 740 };
const LOOKS: (ContextOptions & { tag: string; reason: string; title: string; text: string })[] = [
  {
    ...{ tag: 'zh-wide', locale: 'zh-TW', viewport: WIDE },
    ...{ reason: '已查明，依規定辦理', title: '年度盤點開始', text: '請各單位配合' },
  },
  {
    ...{ tag: 'en-narrow', locale: 'en', viewport: NARROW, colorScheme: 'dark' },
    ...{ reason: 'Looked into, as the rules say', title: 'Works at night', text: 'Closed for one hour' },
  },
];

let world: IdpWorld;
let browser: Browser;
let serial = 0;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});

/** Somebody at the hospital with an ordinary MCH account. @returns that account's id */
async function colleague(suspended = false): Promise<string> {
  serial += 1;
  const { db } = world.database;
  const id = `P@9000${String(serial).padStart(4, '0')}P@mbh_01`;
  const accountId = await addPerson(world, { loginName: `colleague.${serial}` });
  const { national_id_index } = await db
    .selectFrom('account')
    .select('national_id_index')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('subsystem_account')
    .values({
      ...{ id, subsystem_code: 'mch', account_id: accountId, national_id_index, holder_name: '同仁' },
      ...{ unit_code: HOSPITAL, role: 'mch_user', duty: 'medical', menu_roles: ['mi_antenatal'] },
      status: suspended ? 'suspended' : 'active',
      ...(suspended && { suspended_because: 'idle' as const, status_changed_at: new Date() }),
    })
    .execute();
  return id;
}

const holding = (id: string) =>
  world.database.db
    .selectFrom('subsystem_account')
    .select(['role', 'status'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

/** How many managers the hospital has at MCH, and may have. */
async function quota() {
  const manifest = (await servicesOf(world)).registry.subsystem('mch')?.manifest;
  if (!manifest) throw new Error('there is no MCH');
  return readManagerQuota(world.database.db, { unitCode: HOSPITAL, manifest });
}

/** What somebody without a mouse does, and a look at each page they come to. */
function keyboardOf(page: Page, tag: string) {
  let shot = 0;
  const press = async (key: string): Promise<void> => {
    await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
    await page.waitForSelector('html[data-scripts=ready]');
  };
  return {
    press,
    enter: async (selector: string): Promise<void> => {
      await tabTo(page, selector);
      await press('Enter');
    },
    fill: async (field: string, text: string): Promise<void> => {
      await tabTo(page, `[name="${field}"]`);
      await page.keyboard.type(text);
    },
    look: async (name: string): Promise<void> => {
      shot += 1;
      await screenshot(page, `national-day-${tag}-${name}-${shot}`);
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect([name, over > 0, await findViolations(page)]).toEqual([name, false, []]);
    },
  };
}

describe.each(LOOKS)('the national administrator’s day, $tag', (look) => {
  const { tag, reason, title, text } = look;
  let context: BrowserContext;
  let page: Page;
  let keys: ReturnType<typeof keyboardOf>;

  beforeAll(async () => {
    const journey = await portalOf(world, 'demo.hpa');
    context = await newContext(browser, look);
    const cookies = journey.jar.header(new URL(world.issuer)).split('; ');
    await context.addCookies(
      cookies.map((cookie) => {
        const [name = '', ...value] = cookie.split('=');
        return { name, value: value.join('='), url: world.issuer };
      }),
    );
  }, 60_000);
  beforeEach(async () => {
    page = await context.newPage();
    keys = keyboardOf(page, tag);
    await page.goto(`${world.issuer}/console`);
    await page.waitForSelector('html[data-scripts=ready]');
  });
  afterEach(() => page.close());
  afterAll(() => context.close());

  test('M-42, SM-08: one manager more is counted at home, opened, allowed, and done', async () => {
    const target = await colleague();
    const manager = consoleOf(world, await portalOf(world, 'demo.manager'));
    const wish = { pair: `mch:${HOSPITAL}`, kind: 'extra_manager', target, content: '業務增加' };
    expect((await manager.post(REQUESTS, { ...wish, phone: '02-1', email: 'a@b.test' })).status).toBe(303);
    const before = await quota();

    await page.reload();
    expect(await page.textContent(`a.work[href="${REQUESTS}"] .work-count`)).toBe('1');
    await keys.look('home');
    await keys.enter(`a.work[href="${REQUESTS}"]`);
    await keys.look('requests');
    await keys.enter('a.row-link');
    await keys.look('request');
    expect(await page.textContent('main')).toContain(target);
    await keys.fill('reason', reason);
    await keys.enter('[data-key=approve]');
    await keys.look('allow');
    expect(await holding(target)).toMatchObject({ role: 'mch_user' }); // not before the "yes"
    await keys.press('Enter'); // which has the focus
    await page.waitForURL('**?done=allow');
    await keys.look('allowed');
    await keys.enter('a.row-link');
    await keys.look('history');
    expect(await page.textContent('main')).toContain(reason);
    expect(await holding(target)).toEqual({ role: 'mch_manager', status: 'active' });
    expect(await quota()).toEqual({ used: before.used + 1, limit: before.limit + 1 });
    await page.goto(`${world.issuer}/console`);
    expect(await page.textContent(`a.work[href="${REQUESTS}"] .work-count`)).toBe('0');
  }, 120_000);

  test('P-42, F5: stops a person at once, keeps the report, lets the person back in', async () => {
    const rp = await createRelyingParty(world, 'lab-app', { pushed: true });
    const nurse = browserOf(world);
    const { access_token: token } = await rp.redeem(
      await rp.authorize(nurse, {}, { loginName: 'demo.nurse', account: LAB }),
    );
    const answer = async () => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${world.issuer}/oidc/userinfo`, { headers })).status;
    };
    const mustSignIn = async () =>
      (await nurse.open(`${world.issuer}/account/security`)).forms.some(({ fields }) => 'captcha' in fields);
    expect([await answer(), await mustSignIn()]).toEqual([200, false]);

    await keys.enter(`.console-places a[href="${EMERGENCY}"]`);
    await keys.look('emergency');
    await keys.enter(`a[href="${EMERGENCY}/stop"]`);
    await keys.look('whom-to-stop');
    await keys.fill('login', 'demo.nurse');
    await keys.press('Enter');
    await keys.look('what-it-ends');
    await keys.fill('reason', reason);
    await keys.enter('.button-danger');
    await eventually(async () => {
      expect([await answer(), await mustSignIn()]).toEqual([401, true]);
    }, 1000);

    await page.waitForURL('**?done=stopped');
    await keys.look('report');
    for (const told of ['demo.nurse', 'lab-app', LAB, reason]) {
      expect(await page.textContent('main')).toContain(told);
    }
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    await screenshot(page, `national-day-${tag}-report-on-paper`);
    expect(
      await page
        .locator('.side, .crumbs, .list-tools, .top-end, .footer-desk')
        .locator('visible=true')
        .count(),
    ).toBe(0);
    expect(await page.locator('.sheet-report').first().isVisible()).toBe(true);
    await page.emulateMedia({ media: null, colorScheme: look.colorScheme ?? 'light' });

    await keys.enter('a[href$="/enabling"]');
    await keys.look('enabling');
    expect(await page.title()).toContain('demo.nurse');
    expect(await page.textContent('.crumbs [aria-current]')).toContain('demo.nurse');
    await keys.fill('reason', reason);
    await keys.enter('main form button[type=submit]');
    await page.waitForURL('**?done=enabled');
    await keys.look('enabled');
    expect([await answer(), await mustSignIn()]).toEqual([401, true]); // what ended stays ended
    await portalOf(world, 'demo.nurse');
  }, 120_000);

  test('M-39, SM-11: reinstates a suspended subsystem account, with a reason', async () => {
    const id = await colleague(true);
    await page.reload();
    expect(await page.textContent(`a.work[href="${SUSPENDED}"] .work-count`)).toBe('1');
    await keys.enter(`a.work[href="${SUSPENDED}"]`);
    await keys.look('suspended');
    await keys.enter(`a.row-link[href$="${encodeURIComponent(id)}"]`);
    await keys.look('reinstating');
    await keys.fill('reason', reason);
    await keys.enter('main form button[type=submit]');
    await page.waitForURL('**?done=reinstated');
    await keys.look('reinstated');
    expect(await holding(id)).toMatchObject({ status: 'active' });
  }, 120_000);

  test('P-43, SM-15: writes an announcement, sees it before it is out, and on the public portal after', async () => {
    await keys.enter(`.console-places a[href="${CONTENT}"]`);
    await keys.look('content');
    await keys.enter(`a[href="${CONTENT}/announcement/new"]`);
    await keys.look('writing');
    const moment = await page.locator('[name=publishFrom]').boundingBox();
    expect(moment?.width).toBeGreaterThan(220); // day and time are both read
    await keys.fill('title.zh-TW', title);
    await keys.fill('title.en', title);
    await keys.fill('body.zh-TW', text);
    await keys.fill('body.en', text);
    await tabTo(page, '[name=state]');
    await page.keyboard.press('ArrowDown'); // from draft to released
    await keys.enter('button[formaction$="/preview"]');
    await keys.look('preview');
    expect(await page.textContent('.preview')).toContain(text);
    expect(await page.inputValue('[name=state]')).toBe('released');

    const visitor = await newContext(browser, look);
    const outside = await visitor.newPage();
    await outside.goto(`${world.issuer}/announcements`);
    expect(await outside.textContent('main')).not.toContain(title);
    await keys.enter('main form.form > .actions > button:not([formaction])');
    await page.waitForURL('**?done=saved');
    await keys.look('saved');
    await outside.reload();
    const reading = keyboardOf(outside, `${tag}-public`);
    await reading.look('announcements');
    const line = outside.getByRole('link', { name: title });
    await tabTo(outside, `a[href="${await line.getAttribute('href')}"]`);
    await reading.press('Enter');
    await reading.look('announcement');
    expect(await outside.textContent('main')).toContain(text);
    await visitor.close();
  }, 120_000);
});
