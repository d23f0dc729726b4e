import type { Browser, Locator, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { type AccessRequestDeps, decideRequest } from '#idp/access-requests/index.ts';
import { createClientRegistry } from '#idp/subsystems/index.ts';
import { createKeyring } from '#kit/keyring.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';

/* Asking for a subsystem account as people do it: asked, withdrawn, asked again, decided, entered. */

const PAGE = '/account/access-requests';
const NARROW = { width: 360, height: 740 };
const LOOKS: (ContextOptions & { tag: string })[] = [
  { tag: 'wide', locale: 'zh-TW', viewport: WIDE },
  { tag: 'narrow', locale: 'en', viewport: NARROW, colorScheme: 'dark' },
];

let world: IdpWorld;
let browser: Browser;
let deps: AccessRequestDeps;

beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
  const { db } = world.database;
  deps = {
    ...{ db, clock: () => new Date(), registry: await createClientRegistry(db) },
    keyring: createKeyring(world.env['IDP_MASTER_KEYS'] ?? ''),
    config: { issuer: world.issuer },
  };
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});
beforeEach(async () => {
  await world.database.db.deleteFrom('subsystem_request').execute();
});

async function signIn(page: Page): Promise<void> {
  await page.goto(`${world.issuer}/sign-in?return_to=${encodeURIComponent(PAGE)}`);
  await page.fill('#account', 'demo.new');
  await page.fill('#password', DEMO_PASSWORD);
  await page.fill('#captcha', FIXED_CAPTCHA);
  await page.focus('#captcha');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${world.issuer}${PAGE}`);
}

/** Tab by tab to an element, as without a mouse. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let steps = 0; steps < 80; steps += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
  }
  throw new Error(`the keyboard does not reach ${target.toString()}`);
}

async function press(page: Page, target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** From the list to a sent request, by keyboard alone. */
async function ask(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await look('list');
  await press(page, page.locator(`a[href="${PAGE}/new"]`));
  await page.waitForURL('**/new');
  await look('system');
  await press(page, page.locator('input[name=system]').first(), 'Space');
  for (let steps = 0; steps < 10 && !(await page.locator('input[value=cancer]').isChecked()); steps += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await press(page, page.locator('#form button[type=submit]'));
  await page.waitForURL('**/new/unit?**');
  await look('unit');
  await press(page, page.locator('#form button[type=submit]'));
  await page.waitForURL('**/new/details?**');
  await look('details');
  for (const name of ['cancer.role', 'cancer.duty', 'cancer.menu.medical', 'cancer.field.cancers']) {
    await press(page, page.locator(`input[name="${name}"]`).first(), 'Space');
  }
  await press(page, page.locator('#form button[type=submit]'));
  await page.waitForURL(`**${PAGE}?done=sent`);
}

async function decide(loginName: string): Promise<void> {
  const { db } = world.database;
  const request = await db
    .selectFrom('subsystem_request')
    .select(['id', 'version'])
    .where('status', '=', 'submitted')
    .executeTakeFirstOrThrow();
  const { id } = await db
    .selectFrom('account')
    .select('id')
    .where('login_name', '=', loginName)
    .executeTakeFirstOrThrow();
  const asked = {
    requestId: request.id,
    decision: 'approve' as const,
    comment: '核可',
    version: request.version,
  };
  expect(await decideRequest(deps, { accountId: id }, asked)).toMatchObject({ done: true });
}

test.each(LOOKS)(
  'P-29, SM-04: asked, withdrawn, asked again, granted: a tile; by keyboard alone: $tag',
  async (options) => {
    const context = await newContext(browser, options);
    const page = await context.newPage();
    const faults: unknown[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    const look = async (name: string): Promise<void> => {
      await page.waitForSelector('html[data-scripts=ready]');
      faults.push(...(await findViolations(page)));
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (over > 0) faults.push({ name, over });
      await screenshot(page, `access-request-${name}-${options.tag}`);
    };
    await signIn(page);
    await ask(page, look);
    await look('sent');
    await press(page, page.locator(`.row-deeds a[href^="${PAGE}/"]`).first());
    await page.waitForURL(/access-requests\/[0-9a-f-]{36}$/);
    await look('request');
    await press(page, page.locator('summary'));
    await press(page, page.locator('details[open] button'));
    await page.waitForURL('**?done=withdrawn');
    await ask(page, async () => {});
    await decide('demo.manager');
    await decide('demo.hpa'); // nobody manages the cancer system there, nor at the county's bureau
    await page.goto(`${world.issuer}/`);
    await page.waitForSelector('html[data-scripts=ready]');
    const tile = page.locator('form[action*="ccs_0"] button').first();
    await tabTo(page, tile);
    await page.goto(`${world.issuer}${PAGE}/changes`);
    await look('changes');
    await press(page, page.locator('a[href$="/menu_roles"]').first());
    await page.waitForURL('**/menu_roles');
    await look('change');
    await context.close();
    expect(faults).toEqual([]);
    await world.database.db.deleteFrom('subsystem_request').execute();
    await world.database.db.deleteFrom('binding').where('name', 'like', '癌症篩檢追蹤%').execute();
    await world.database.db
      .deleteFrom('subsystem_account')
      .where('id', 'like', 'P@00000006P@ccs_%')
      .execute();
  },
  120_000,
);

test('P-29: without scripts the unit is searched and nothing chosen before is lost', async () => {
  const context = await newContext(browser, { javaScript: false });
  const page = await context.newPage();
  await signIn(page);
  await page.click(`a[href="${PAGE}/new"]`);
  await page.check('input[value=cancer]');
  await page.click('#form button[type=submit]');
  await page.fill('#q', '2311170010');
  await page.click('form[role=search] button[type=submit]');
  await page.waitForURL('**system=cancer**q=2311170010**');
  await page.check('input[name=unit]');
  await page.click('#form button[type=submit]');
  await page.waitForURL('**/new/details?system=cancer&unit=2311170010');
  await page.check('input[name="cancer.role"]');
  await page.click('#form button[type=submit]');
  expect(await page.textContent('.error-summary')).toContain('業務權責');
  expect(await page.locator('input[name="cancer.role"]').first().isChecked()).toBe(true);
  await context.close();
});
