import type { Browser, Page } from 'playwright-core';
import { LOCALES } from '#kit/http/locale.ts';
import type { Serving } from '#kit/http/serve.ts';
import { galleryPages } from '#templates/gallery.ts';
import { serveGallery } from '#templates/gallery-server.ts';
import { type ContextOptions, WIDE, findViolations, launchBrowser, newContext } from '../support/browser.ts';

const NARROW = { width: 360, height: 740 };

let browser: Browser;
let serving: Serving;

beforeAll(async () => {
  [browser, serving] = await Promise.all([launchBrowser(), serveGallery(0)]);
});
afterAll(async () => {
  await browser.close();
  await serving.stop({ graceMs: 0 });
});

/** Opens a page of the gallery in a browser of its own, and gathers what the page complains about. */
async function visit(
  options: ContextOptions,
  use: (page: Page, open: (name: string) => Promise<void>) => Promise<void>,
): Promise<string[]> {
  const context = await newContext(browser, options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await use(page, async (name) => {
    await page.goto(`http://localhost:${serving.port}/${name}?lang=${options.locale ?? 'zh-TW'}`);
    if (options.javaScript !== false) await page.waitForSelector('html[data-scripts=ready]');
  });
  await context.close();
  return complaints;
}

const [wide, narrow] = [
  { viewport: WIDE, colorScheme: 'light' as const },
  { viewport: NARROW, colorScheme: 'dark' as const },
];

/** Every page fits in both languages at both widths; axe reads it in the first look of each language. */
test.each([
  { locale: LOCALES[0], first: wide, second: narrow },
  { locale: LOCALES[1], first: narrow, second: wide },
])(
  'every page is accessible and fits: $locale, read at $first.viewport.width, $first.colorScheme',
  async ({ locale, first, second }) => {
    const faults: unknown[] = [];
    const complaints = await visit({ locale, ...first }, async (page, open) => {
      for (const { name } of galleryPages(locale)) {
        await open(name);
        for (const violation of await findViolations(page)) faults.push({ name, ...violation });
        for (const { viewport, colorScheme } of [first, second]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          if (over > 0) faults.push({ name, over, width: viewport.width });
        }
        await page.setViewportSize(first.viewport);
        await page.emulateMedia({ colorScheme: first.colorScheme });
      }
    });
    expect({ faults, complaints }).toEqual({ faults: [], complaints: [] });
  },
  600_000,
);

test('the account menu is found by typing and left by Escape', async () => {
  const complaints = await visit({}, async (page, open) => {
    await open('mch-home');
    await page.click('[data-acting] summary');
    await page.locator('.switcher-find input:focus').waitFor();
    await page.keyboard.type('衛生所');
    expect(await page.locator('.switcher-option:visible').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('示範衛生所');
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.locator('.switcher').isVisible()).toBe(false);
  });
  expect(complaints).toEqual([]);
});

test('without scripts the account menu opens, and the captcha can be heard and renewed', async () => {
  await visit({ javaScript: false }, async (page, open) => {
    await open('mch-home');
    await page.click('[data-acting] summary');
    expect(await page.locator('.switcher-option').first().isVisible()).toBe(true);
    await open('sign-in');
    expect(await page.locator('audio').isVisible()).toBe(true);
    expect(await page.locator('[data-captcha-new]').isVisible()).toBe(true);
    expect(await page.locator('[data-captcha-play]').isVisible()).toBe(false);
  });
});

test('a tab left under another account turns grey and offers the way on', async () => {
  await visit({}, async (page, open) => {
    await open('mch-home');
    await page.evaluate(
      `new BroadcastChannel('acting-account').postMessage({ account: 'other', binding: '衛生所' })`,
    );
    const dialog = page.locator('[data-stale-dialog]');
    await dialog.waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    expect(await dialog.getByRole('button').textContent()).toBe('以「衛生所」繼續');
    expect(await findViolations(page)).toEqual([]);
  });
});

test('a form says what is missing and leads there', async () => {
  await visit({}, async (page, open) => {
    await open('sign-in');
    await page.fill('#account', 'demo.nurse');
    await page.click('.form .button');
    expect(await page.evaluate('document.activeElement.id')).toBe('password');
    expect(await page.textContent('#password-error')).toContain('請輸入密碼');
    await page.click('[data-reveal]');
    expect(await page.getAttribute('#password', 'type')).toBe('text');
    await open('sign-in-refused');
    expect(await page.evaluate('document.activeElement.className')).toBe('error-summary');
  });
});

test('the rules of a new password tick off', async () => {
  await visit({ locale: 'en' }, async (page, open) => {
    await open('change-password');
    await page.fill('#new_password', 'Formosa2026');
    expect(await page.locator('[data-rule].met').count()).toBe(3);
    await page.fill('#new_password', 'Formosa*2026Demo');
    expect(await page.locator('[data-rule].met').count()).toBe(5);
    expect(await page.textContent('[data-strength]')).toContain('strong');
  });
});

test('the quiet time ends with a question, and then at the page that says so', async () => {
  await visit({}, async (page, open) => {
    const startedAt = Date.now(); // the page's clock goes on beside its jumps
    await page.clock.install();
    await open('mch-home');
    const dialog = page.locator('[data-idle-dialog]');
    await page.clock.fastForward('17:50');
    expect(await dialog.isVisible()).toBe(false);
    await page.clock.fastForward('00:20');
    const [, minutes = '', seconds = ''] = /(\d):(\d\d)/.exec((await dialog.textContent()) ?? '') ?? [];
    const left = Number(minutes) * 60 + Number(seconds);
    expect(left).toBeLessThan(120);
    expect(left).toBeGreaterThanOrEqual(110 - Math.ceil((Date.now() - startedAt) / 1000));
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.clock.fastForward('18:10');
    await dialog.waitFor({ state: 'visible' });
    await page.clock.fastForward('02:00');
    await page.waitForURL('**/mch-signed-out-idle');
  });
});
