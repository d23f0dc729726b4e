import { readFileSync } from 'node:fs';
import { generateSync } from 'otplib';
import type { Browser, Page } from 'playwright-core';
import { DEMO_PASSWORD, people } from '#db/idp/seed/world.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  screenshot,
} from '../support/browser.ts';
import { type FaultyClient, startFaultyClient } from '../support/faulty-client.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';
import { FIXED_CAPTCHA } from '../support/journey.ts';

/* A national administrator onboards a new subsystem from its manifest to a passing readiness check. */

const NARROW = { width: 360, height: 740 };
const SUBSYSTEMS = '/console/subsystems';

let world: IdpWorld;
let browser: Browser;
let client: FaultyClient;
beforeAll(async () => {
  client = await startFaultyClient('set later');
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
  client.issuer = world.issuer;
});
afterAll(async () => {
  await browser.close();
  await world.stop();
  client.server.close();
});

let lastStep = 0;
function nextCode(): string {
  lastStep = Math.max(Math.floor(Date.now() / 30_000) - 1, lastStep + 1);
  const secret = people.find(({ loginName }) => loginName === 'demo.hpa')?.totpSecret ?? '';
  return generateSync({ secret, epoch: lastStep * 30 });
}

async function signInTo(page: Page, path: string): Promise<void> {
  await page.goto(`${world.issuer}${path}`);
  await page.fill('#account', 'demo.hpa');
  await page.fill('#password', DEMO_PASSWORD);
  await page.fill('#captcha', FIXED_CAPTCHA);
  await page.focus('#captcha');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#code');
  await page.fill('#code', nextCode());
  await page.focus('#code');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${world.issuer}${path}`);
}

/** What is wrong with the page as it stands. */
async function faultsOf(page: Page, picture: string): Promise<unknown[]> {
  await page.waitForSelector('html[data-scripts=ready]');
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  await screenshot(page, `onboarding-${picture}`);
  const violations = await findViolations(page);
  return [...violations, ...(over > 0 ? [{ over }] : [])].map((fault) => ({ picture, fault }));
}

const press = async (page: Page, name: string): Promise<void> => {
  const button = page.getByRole('button', { name, exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
};

const LOOKS: (ContextOptions & { tag: string; words: Record<string, string> })[] = [
  {
    ...{ tag: 'wide', locale: 'zh-TW', viewport: WIDE },
    words: {
      check: '檢查並比對',
      apply: '套用',
      run: '執行就緒檢查',
      passed: '一秒內依登出通知登出',
      onboard: '上架子系統',
      kept: '已妥善保存',
    },
  },
  {
    ...{ tag: 'narrow', locale: 'en', viewport: NARROW, colorScheme: 'dark', javaScript: true },
    words: {
      check: 'Check and compare',
      apply: 'Apply',
      run: 'Run the readiness check',
      passed: 'Obeys a logout token within a second',
      onboard: 'Onboard a subsystem',
      kept: 'I have kept it safe',
    },
  },
];

test.each(LOOKS)('P-42: from a manifest to a passing readiness check, by keyboard: $tag', async (look) => {
  const { tag, words } = look;
  const code = `probe${tag}`;
  const text = readFileSync('test/idp/readiness-manifest.json', 'utf8')
    .replaceAll('${PROBE_ORIGIN}', client.origin)
    .replace('"code": "probe"', `"code": "${code}"`)
    .replace('"suffix": "prb"', `"suffix": "${tag === 'wide' ? 'pra' : 'prc'}"`)
    .replace('"client_id": "probe-app"', `"client_id": "${code}-app"`);
  client.clientId = `${code}-app`;
  const context = await newContext(browser, look);
  const page = await context.newPage();
  const faults: unknown[] = [];
  await signInTo(page, SUBSYSTEMS);
  faults.push(...(await faultsOf(page, `list-${tag}`)));

  await page.getByRole('link', { name: words['onboard'] ?? '' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/manifest');
  await page.fill('#manifest', text.replace('"colour": 4', '"colour": 40'));
  await press(page, words['check'] ?? '');
  await page.waitForSelector('.faults');
  faults.push(...(await faultsOf(page, `faults-${tag}`)));
  await page.fill('#manifest', text);
  await press(page, words['check'] ?? '');
  await page.waitForSelector('#reason');
  faults.push(...(await faultsOf(page, `review-${tag}`)));
  await page.fill('#reason', 'A new subsystem');
  await press(page, words['apply'] ?? '');
  const secret = await page.textContent('.told-once');
  client.setSecret(secret ?? '');
  faults.push(...(await faultsOf(page, `secret-${tag}`)));
  await page.getByRole('link', { name: words['kept'] ?? '' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/${code}?done=applied`);
  faults.push(...(await faultsOf(page, `subsystem-${tag}`)));
  await press(page, words['run'] ?? '');
  await page.waitForURL('**/readiness/*', { timeout: 20_000 });
  expect(await page.textContent('main')).toContain(words['passed']);
  expect(await page.locator('.step-run-error').count()).toBe(0);
  expect(await page.locator('.step-run-success').count()).toBe(15);
  faults.push(...(await faultsOf(page, `readiness-${tag}`)));

  for (const path of [
    '/console/logouts',
    '/console/logouts/dead-letters',
    '/console/sessions',
    '/console/emergency',
  ]) {
    await page.goto(world.issuer + path);
    faults.push(...(await faultsOf(page, `${path.split('/').slice(2).join('-')}-${tag}`)));
  }
  expect(faults).toEqual([]);
  await context.close();
});
