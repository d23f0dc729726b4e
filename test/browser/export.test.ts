import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { WIDE, findViolations, launchBrowser, newContext, screenshot } from '../support/browser.ts';
import { portalOf } from '../support/forged-form.ts';
import { type IdpWorld, startIdpWorld } from '../support/idp-world.ts';

/* A list taken away as a file, by keyboard, with its progress told; and without scripts. */

let world: IdpWorld;
let browser: Browser;
beforeAll(async () => {
  [world, browser] = await Promise.all([startIdpWorld(), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});

async function enter(javaScript: boolean) {
  const context = await newContext(browser, { viewport: WIDE, javaScript });
  const { jar } = await portalOf(world, 'demo.hpa');
  const cookies = jar.header(new URL(world.issuer)).split('; ');
  await context.addCookies(
    cookies.map((cookie) => {
      const [name = '', ...value] = cookie.split('=');
      return { name, value: value.join('='), url: world.issuer };
    }),
  );
  const page = await context.newPage();
  await page.goto(`${world.issuer}/console/units`);
  return page;
}

it.each([true, false])('P-40: exports a list, scripts: %s', async (javaScript) => {
  const page = await enter(javaScript);
  if (javaScript) await page.waitForSelector('html[data-scripts=ready]');
  await page.focus('[data-export] summary');
  await page.keyboard.press('Enter');
  await page.focus('[data-export] a[href*="format=csv"]');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const text = await readFile(await download.path(), 'utf8');
  expect(text.startsWith('\ufeff')).toBe(true);
  expect(text).toContain('示範醫院');
  if (javaScript) {
    await page.locator('[data-export-said]', { hasText: '匯出完成' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await screenshot(page, 'console-export');
  }
  await page.context().close();
});

it('P-40: says so when an export does not finish, and lets it be tried again', async () => {
  const page = await enter(true);
  await page.waitForSelector('html[data-scripts=ready]');
  await page.route('**/console/units/export*', (route) => route.abort());
  await page.click('[data-export] summary');
  await page.click('[data-export] a[href*="format=ods"]');
  await page.locator('[data-export-said]', { hasText: '沒有完成' }).waitFor();
  await page.unroute('**/console/units/export*');
  await page.click('[data-export] summary');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('[data-export] a[href*="format=ods"]'),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.ods$/);
  await page.context().close();
});
