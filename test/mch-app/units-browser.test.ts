import type { Browser } from 'playwright-core';
import { PHONE, findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { HOSPITAL, LAB_UNIT, type Mch, startMch } from './support/mch.ts';

let browser: Browser;
let mch: Mch;
beforeAll(async () => {
  browser = await launchBrowser();
  mch = await startMch();
  mch.op.acting = HOSPITAL.id;
});
afterAll(async () => {
  await browser.close();
  await mch.stop();
});

const LINE = `${LAB_UNIT.code}-示範檢驗所`;

it('looks a unit up by the keyboard alone', async () => {
  await using context = await newContext(browser, { viewport: PHONE });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(mch.origin); // what waits pops up here, once
  await page.goto(`${mch.origin}/maternal/gbs/specimens/new`);
  await page.locator('html[data-scripts="ready"]').waitFor();
  const field = page.getByRole('combobox', { name: /檢驗機構/ });
  await field.focus();
  await page.keyboard.type('示範檢');
  const option = page.getByRole('option', { name: LINE });
  await option.waitFor();
  expect(await field.getAttribute('aria-expanded')).toBe('true');
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('ArrowDown');
  expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
  await page.keyboard.press('Enter');
  expect(await field.inputValue()).toBe(LINE);
  expect(await field.getAttribute('aria-expanded')).toBe('false');
  await page.keyboard.press('ArrowDown');
  await option.waitFor();
  await page.keyboard.press('Escape');
  await option.waitFor({ state: 'hidden' });
  expect(await field.inputValue()).toBe(LINE);
});

it('looks a unit up without scripts', async () => {
  await using context = await newContext(browser, { javaScript: false, locale: 'en' });
  const page = await context.newPage();
  await page.goto(mch.origin); // what waits pops up here, once
  await page.goto(`${mch.origin}/maternal/gbs/specimens/new`);
  await page.getByLabel('Laboratory').fill('示範');
  await page.getByRole('button', { name: 'Look up Laboratory' }).click();
  await page.getByRole('radio', { name: LINE }).check();
  expect(new URL(page.url()).hash).toBe('#lab_unit');
});
