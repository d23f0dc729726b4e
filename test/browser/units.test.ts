import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { clinicCode, registerFile } from '../support/register-file.ts';

/* M-37: a national administrator imports the institution register and looks after a unit. */

/** REGISTER_ROWS=300000 takes a few minutes; docs/performance.md says what it showed. */
const ROWS = Number(process.env['REGISTER_ROWS'] ?? 20_000);
const WORK_MS = 60_000 + ROWS * 2;
const NARROW = { width: 360, height: 740 };

let world: IdpWorld;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});

/** The administrator's session in this browser, just signed in. */
async function enter(context: BrowserContext): Promise<void> {
  const { jar } = await portalOf(world, 'demo.hpa');
  const cookies = jar.header(new URL(world.issuer)).split('; ');
  await context.addCookies(
    cookies.map((cookie) => {
      const [name = '', ...value] = cookie.split('=');
      return { name, value: value.join('='), url: world.issuer };
    }),
  );
}

async function visit(options: ContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await newContext(browser, options);
  const broken: string[] = [];
  await enter(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => broken.push(error.message));
  await use(page);
  expect(broken).toEqual([]);
  await context.close();
}

async function look(page: Page, name: string): Promise<void> {
  await page.waitForLoadState();
  await screenshot(page, `units-${name}`);
  const faults = await findViolations(page);
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  expect({ name, faults, over: Math.max(0, over) }).toEqual({ name, faults: [], over: 0 });
}

async function registerBytes(): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of registerFile(ROWS)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('the institution register', () => {
  it(
    `M-37: ${ROWS} rows are uploaded, checked and applied with progress, left and come back to`,
    async () => {
      const times: Record<string, number> = {};
      const timed = async (name: string, run: () => Promise<unknown>): Promise<void> => {
        const start = performance.now();
        await run();
        times[name] = Math.round(performance.now() - start) / 1000;
      };
      await visit({ viewport: WIDE }, async (page) => {
        await page.goto(`${world.issuer}/console`);
        await page.click('.console-places a[href="/console/units"]');
        await look(page, 'list');
        await page.click('.list-tools a[href="/console/unit-imports"]');
        await look(page, 'imports-none');
        await page.click('a[href="/console/unit-imports/new"]');
        await look(page, 'upload');
        await page.setInputFiles('#register', {
          ...{ name: 'register.csv', mimeType: 'text/csv', buffer: await registerBytes() },
        });
        await timed('upload', async () => {
          await page.click('main button[type=submit]', { timeout: WORK_MS });
          await page.waitForURL(/unit-imports\/[0-9a-f-]{36}/, { timeout: WORK_MS });
        });
        const { pathname } = new URL(page.url());
        await timed('check', () =>
          page.waitForSelector(`a[href="${pathname}/application"]`, { timeout: WORK_MS }),
        );
        await look(page, 'previewed');
        expect(await page.locator('.work-count').first().textContent()).toBe(String(ROWS));
        // nothing yet
        expect(await world.database.db.selectFrom('unit').select('code').execute()).toHaveLength(4);

        if (ROWS > 50_000) await enter(page.context()); // it took longer than a sign-in is fresh
        await page.goto(`${world.issuer}${pathname}/application`);
        await look(page, 'application');
        await page.click('main button[type=submit]');
        await page.waitForURL(/application$/);
        await page.fill('[name=reason]', '每月機構名冊');
        await timed('apply', async () => {
          await page.click('main button[type=submit]');
          await page.waitForSelector('progress', { timeout: WORK_MS });
          await page.goto(`${world.issuer}/console/units`); // the work goes on without us
          await page.goto(`${world.issuer}/console/unit-imports`);
          await page.click('.status a, table a');
          await page.waitForSelector('[data-refresh=""]', { state: 'attached', timeout: WORK_MS });
        });
        await look(page, 'applied');
        expect(await page.locator('main').textContent()).toContain('已完成');
        await page.goto(`${world.issuer}/console/units?code=${clinicCode(ROWS)}`);
        expect(await page.locator('tbody tr').count()).toBe(1);
      });
      if (ROWS > 50_000) process.stdout.write(`${ROWS} rows, seconds: ${JSON.stringify(times)}\n`);
    },
    5 * WORK_MS,
  );

  it('M-37: a unit is changed by keyboard alone, in English on a phone and without scripts', async () => {
    await visit({ viewport: NARROW, locale: 'en' }, async (page) => {
      await page.goto(`${world.issuer}/console/units/${clinicCode(1)}`);
      await look(page, 'detail-narrow');
      await page.locator('a[href$="/edit"]').focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/edit$/);
      await look(page, 'edit-narrow');
      await page.locator('#address').focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('1 Synthetic Road');
      await page.keyboard.press('Enter');
      await page.waitForURL(/done=changed/);
      expect(await page.locator('.status-success').textContent()).toContain('saved');
      await page.goto(`${world.issuer}/console/units/${clinicCode(1)}/merge`);
      await look(page, 'merge-narrow');
      await page.goto(`${world.issuer}/console/units/9876543210/closure`);
      await look(page, 'closure-narrow');
    });
    await visit({ viewport: WIDE, javaScript: false }, async (page) => {
      await page.goto(`${world.issuer}/console/units?kind=clinic&sort=-name`);
      await page.click('a[rel=next]');
      await page.click('tbody tr:first-child a');
      await page.click('a[href$="/edit"]');
      await page.selectOption('#town', '10017070');
      await page.click('main button[type=submit]');
      await page.waitForURL(/done=changed/);
      expect(await page.locator('main').textContent()).toContain('基隆市 信義區');
      await page.goto(`${world.issuer}/console/unit-imports`);
      await page.click('tbody a');
      await page.click('.work >> nth=1');
      expect(page.url()).toContain('rows=changed');
    });
  }, 120_000);
});
