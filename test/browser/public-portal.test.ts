import type { Browser, Page } from 'playwright-core';
import { LOCALES } from '#kit/http/locale.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { type World, startWorld } from '../support/world.ts';

const NARROW = { width: 360, height: 740 };
const PUBLIC = [
  ...['/', '/announcements', '/events', '/questions', '/guide', '/links', '/downloads', '/site-map'],
  ...['/about', '/information-security', '/privacy', '/accessibility', '/announcements?q=zzzz', '/sign-in'],
];

/** Those people will judge us by. */
const PICTURED = new Set(['/', '/announcements', '/questions', '/downloads', '/sign-in']);

let browser: Browser;
let world: World;

beforeAll(async () => {
  [browser, world] = await Promise.all([launchBrowser(), startWorld()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});

async function visit(options: ContextOptions, use: (page: Page) => Promise<void>): Promise<string[]> {
  const context = await newContext(browser, options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await use(page);
  await context.close();
  return complaints;
}

const looks = LOCALES.flatMap((locale) => [
  { locale, viewport: WIDE, colorScheme: 'light' as const },
  { locale, viewport: NARROW, colorScheme: 'dark' as const },
]);

test.each(looks)(
  'P-01, P-05: every public page is accessible and fits: $locale, $viewport.width',
  async (look) => {
    const faults: unknown[] = [];
    const complaints = await visit(look, async (page) => {
      const check = async (path: string): Promise<void> => {
        await page.goto(world.issuer + path);
        await page.waitForSelector('html[data-scripts=ready]');
        for (const violation of await findViolations(page)) faults.push({ path, ...violation });
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (over > 0) faults.push({ path, over });
        const name = path === '/' ? 'home' : path.slice(1);
        if (PICTURED.has(path))
          await screenshot(page, `public-${name}-${look.locale}-${look.viewport.width}`);
      };
      for (const path of PUBLIC) await check(path);
      await page.goto(`${world.issuer}/announcements`);
      await check((await page.getAttribute('.row-link', 'href')) ?? '');
      await page.goto(`${world.issuer}/events`);
      await check((await page.getAttribute('.row-link', 'href')) ?? '');
    });
    expect({ faults, complaints }).toEqual({ faults: [], complaints: [] });
  },
  120_000,
);

test.each(looks)('P-20: a person’s home is accessible and fits: $locale, $viewport.width', async (look) => {
  const complaints = await visit(look, async (page) => {
    await page.goto(`${world.issuer}/sign-in`);
    await page.fill('#account', 'demo.nurse');
    await page.fill('#password', DEMO_PASSWORD);
    await page.fill('#captcha', FIXED_CAPTCHA);
    await page.click('.form .button-wide');
    await page.waitForSelector('.tiles');
    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await screenshot(page, `own-home-${look.locale}-${look.viewport.width}`);
  });
  expect(complaints).toEqual([]);
});

test('P-02: notices are turned by keyboard alone and never by themselves', async () => {
  const complaints = await visit({}, async (page) => {
    await page.goto(world.issuer);
    await page.waitForSelector('html[data-scripts=ready]');
    const shown = (): Promise<string | null> => page.textContent('.notice-lines li:visible');
    expect(await page.locator('.notice-lines li:visible').count()).toBe(1);
    const first = await shown();
    await page.waitForTimeout(1200);
    expect(await shown()).toBe(first);
    await page.focus('[data-notices-next]');
    await page.keyboard.press('Enter');
    const second = await shown();
    expect(second).not.toBe(first);
    expect(await page.textContent('[data-notices-said]')).toBe(second);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    expect(await shown()).toBe(first);
  });
  expect(complaints).toEqual([]);
});

test('P-02: without scripts every notice is there, and no button that does nothing', async () => {
  await visit({ javaScript: false }, async (page) => {
    await page.goto(world.issuer);
    expect(await page.locator('.notice-lines li:visible').count()).toBe(3);
    expect(await page.locator('[data-notices-next]').isVisible()).toBe(false);
  });
});

test('P-04, P-05: announcements are searched and questions unfolded by keyboard alone', async () => {
  const complaints = await visit({}, async (page) => {
    await page.goto(`${world.issuer}/announcements`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip-link');
    await page.focus('#category');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('帳號簽入');
    await page.keyboard.press('Enter');
    await page.waitForURL('**q=*');
    expect(await page.locator('.row-link').count()).toBe(1);
    expect(await page.inputValue('#q')).toBe('帳號簽入');
    await page.focus('.row-link');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/announcements/*');
    await page.goto(`${world.issuer}/questions`);
    await page.focus('.fold summary');
    await page.keyboard.press('Enter');
    expect(await page.locator('.fold[open]').count()).toBe(1);
  });
  expect(complaints).toEqual([]);
});
