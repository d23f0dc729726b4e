import type { Browser, Page } from 'playwright-core';
import { NEW_PASSWORD, OLD_PASSWORD, type RecoveryWorld, openRecoveryWorld } from '../idp/recovery-world.ts';
import { WIDE, findViolations, launchBrowser, newContext, screenshot } from '../support/browser.ts';

const NARROW = { width: 360, height: 740 };

let browser: Browser;
let world: RecoveryWorld;

beforeAll(async () => {
  [browser, world] = await Promise.all([launchBrowser(), openRecoveryWorld({ IDP_DEMO: '1' })]);
  for (const loginName of ['wide', 'narrow', 'plain', 'owner']) await world.addPerson({ loginName });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.close();
});

interface Look {
  name: string;
  locale: 'zh-TW' | 'en';
  viewport: { width: number; height: number };
  colorScheme: 'light' | 'dark';
  javaScript: boolean;
}

/** A page in this look, `check` for what is wrong with what it shows, and everything that was. */
async function visit(
  look: Omit<Look, 'name'>,
  use: (page: Page, check: (picture: string) => Promise<void>) => Promise<void>,
): Promise<unknown[]> {
  const context = await newContext(browser, look);
  const page = await context.newPage();
  const faults: unknown[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('422')) faults.push(message.text());
  });
  await use(page, async (picture) => {
    if (look.javaScript) {
      await page.waitForSelector('html[data-scripts=ready]');
      for (const violation of await findViolations(page)) faults.push({ picture, ...violation });
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (over > 0) faults.push({ picture, over });
    }
    await screenshot(page, `recovery-${picture}-${look.locale}-${look.viewport.width}`);
  });
  await context.close();
  return faults;
}

/** By the keyboard alone: to the field, then its text. */
async function type(page: Page, field: string, text: string): Promise<void> {
  await page.focus(`#${field}`);
  await page.keyboard.type(text);
}

const LOOKS: Look[] = [
  { name: 'wide', locale: 'zh-TW', viewport: WIDE, colorScheme: 'light', javaScript: true },
  { name: 'narrow', locale: 'en', viewport: NARROW, colorScheme: 'dark', javaScript: true },
  { name: 'plain', locale: 'zh-TW', viewport: WIDE, colorScheme: 'light', javaScript: false },
];

test.each(LOOKS)(
  'P-07, P-08: from the forgotten password to the new one: $locale, $viewport.width, scripts $javaScript',
  async (look) => {
    const { name } = look;
    const faults = await visit(look, async (page, check) => {
      await page.goto(`${world.issuer}/sign-in`);
      await page.click('a[href="/forgot-password"]');
      await check('forgot');
      await type(page, 'account', name);
      await type(page, 'email', `${name}@example.test`);
      if (look.javaScript) {
        const before = await page.getAttribute('.captcha-image', 'src');
        await page.focus('[data-captcha-new]');
        await page.keyboard.press('Enter');
        await page.locator(`.captcha-image:not([src="${before}"])`).waitFor();
        expect(await page.inputValue('#email')).toBe(`${name}@example.test`);
      }
      await type(page, 'captcha', '11111');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.error-summary');
      await check('forgot-wrong');
      await type(page, 'captcha', '24680');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/forgot-password/sent');
      await check('sent');

      await page.click('a[href="/demo/mailbox"]');
      const mail = page.locator('tr', { hasText: `${name}@example.test` }).locator('a');
      for (let wait = 0; wait < 50 && (await mail.count()) === 0; wait += 1) await page.reload();
      await check('mailbox');
      await mail.first().click();
      await check('letter');
      const link = page.locator('a[href*="password-reset"]').first();
      const address = (await link.getAttribute('href')) ?? '';
      await link.click();
      await check('reset');
      await type(page, 'new_password', 'short');
      await type(page, 'repeat_password', 'short');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.error-summary');
      await check('reset-wrong');
      await type(page, 'new_password', NEW_PASSWORD);
      await type(page, 'repeat_password', NEW_PASSWORD);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/password-reset/done');
      await check('done');
      await page.goto(address);
      await check('closed');
    });
    expect(faults.filter((fault) => !String(fault).includes('410'))).toEqual([]);
  },
  60_000,
);

test('P-26: a person changes their password by the keyboard', async () => {
  const look = { locale: 'zh-TW', viewport: WIDE, colorScheme: 'light', javaScript: true } as const;
  const faults = await visit(look, async (page, check) => {
    await page.goto(`${world.issuer}/account/password`);
    await type(page, 'account', 'owner');
    await type(page, 'password', OLD_PASSWORD);
    await type(page, 'captcha', '24680');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/password');
    await check('own');
    await type(page, 'current_password', OLD_PASSWORD);
    await type(page, 'new_password', NEW_PASSWORD);
    await type(page, 'repeat_password', NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account/password?done=changed');
    await check('own-done');
  });
  expect(faults).toEqual([]);
}, 60_000);
