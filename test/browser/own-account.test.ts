import type { Browser, Page } from 'playwright-core';
import { DEMO_LOCAL_PASSWORD, DEMO_PASSWORD } from '#db/idp/seed/world.ts';
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

const NARROW = { width: 360, height: 740 };

let world: IdpWorld;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.stop();
});

async function signInTo(page: Page, path: string): Promise<void> {
  await page.goto(`${world.issuer}/sign-in?return_to=${encodeURIComponent(path)}`);
  await page.fill('#account', 'demo.new');
  await page.fill('#password', DEMO_PASSWORD);
  await page.fill('#captcha', FIXED_CAPTCHA);
  await page.focus('#captcha');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${world.issuer}${path}`);
}

/** What is wrong with the page as it stands. */
async function faultsOf(page: Page, picture: string): Promise<unknown[]> {
  await page.waitForSelector('html[data-scripts=ready]');
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  await screenshot(page, `own-account-${picture}`);
  return [...(await findViolations(page)), ...(over > 0 ? [{ over }] : [])];
}

const LOOKS: (ContextOptions & { tag: string })[] = [
  { tag: 'wide', locale: 'zh-TW', viewport: WIDE },
  { tag: 'narrow', locale: 'en', viewport: NARROW, colorScheme: 'dark' },
];

test.each(LOOKS)('P-23: every page of one’s own account is accessible and fits: $tag', async (look) => {
  const context = await newContext(browser, look);
  const page = await context.newPage();
  await signInTo(page, '/account/bindings');
  const faults: unknown[] = [];
  for (const place of [
    'bindings',
    'sessions',
    'sessions/history',
    'security',
    'profile',
    'consents',
    'data',
    'messages',
  ]) {
    await page.goto(`${world.issuer}/account/${place}`);
    faults.push(...(await faultsOf(page, `${place.replace('/', '-')}-${look.tag}`)));
  }
  expect(faults).toEqual([]);
  await context.close();
});

async function bind(page: Page): Promise<void> {
  await page.fill('#name', '舊帳號');
  await page.selectOption('#subsystem', 'mch');
  await page.fill('#subsystem_account', 'P@00000006P@mbh_01');
  await page.fill('#subsystem_password', DEMO_LOCAL_PASSWORD);
  await page.focus('#subsystem_password');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/account/bindings?done=added');
}

test('P-31: unbinding asks in a dialog that the keyboard opens, leaves and answers', async () => {
  const context = await newContext(browser);
  const page = await context.newPage();
  await signInTo(page, '/account/bindings');
  await bind(page);
  const remove = page.getByRole('link', { name: '解除 舊帳號' });
  await page.waitForSelector('html[data-scripts=ready]');
  await remove.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain('解除「舊帳號」的綁定？');
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await page.evaluate('document.activeElement.textContent')).toContain('解除 舊帳號');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: '解除綁定' }).press('Enter');
  await page.waitForURL('**/account/bindings?done=removed');
  await context.close();
});

test('P-31: without scripts a page asks the same', async () => {
  const context = await newContext(browser, { javaScript: false });
  const page = await context.newPage();
  await signInTo(page, '/account/bindings');
  await bind(page);
  await page.getByRole('link', { name: '解除 舊帳號' }).click();
  expect(await page.textContent('h1')).toBe('解除「舊帳號」的綁定？');
  await page.getByRole('button', { name: '解除綁定' }).click();
  await page.waitForURL('**/account/bindings?done=removed');
  await context.close();
});
