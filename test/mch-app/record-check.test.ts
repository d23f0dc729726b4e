import type { Browser } from 'playwright-core';
import { findViolations, launchBrowser, newContext } from '../support/browser.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';
import { LAB, SPECIMENS, actingAs, later, specimen } from './support/people.ts';

let browser: Browser;
let mch: Mch;
beforeAll(async () => {
  browser = await launchBrowser();
  mch = await startMch();
});
afterAll(async () => {
  await browser.close();
  await mch.stop();
});

const JSON_WANTED = { accept: 'application/json' };

it('a form is judged while it is typed, by the rules it is submitted by, and nothing is kept', async () => {
  const nurse = await actingAs(mch, HOSPITAL);
  const form = {
    acting: HOSPITAL.id,
    ...specimen(501),
    gest_days: '36.9',
    sample_date: later(2),
    deed: 'check',
  };
  const answer = await nurse.ask(SPECIMENS, { form, headers: JSON_WANTED });
  const { findings } = JSON.parse(answer.text) as { findings: { field: string; text: string }[] };
  expect(findings).toContainEqual({ field: 'sample_date', text: '「採檢日期」不可晚於今天' });
  expect(findings.map(({ field }) => field)).toContain('gest_days');
  expect(await mch.database.db.selectFrom('record').select('no').execute()).toEqual([]);
  expect(await mch.database.db.selectFrom('patient').select('id').execute()).toEqual([]);
});

it('G5: a check is answered to whoever may write such records, acting as the form was made for', async () => {
  const lab = await actingAs(mch, LAB);
  const form = { ...specimen(502), acting: LAB.id, deed: 'check' };
  expect((await lab.ask(SPECIMENS, { form, headers: JSON_WANTED })).status).toBe(403);
  const nurse = await actingAs(mch, HOSPITAL);
  const stale = { form: { ...form, acting: 'another' }, headers: JSON_WANTED };
  expect((await nurse.ask(SPECIMENS, stale)).status).toBe(409);
});

it('what is wrong is told beside the field one has left, and goes when it is mended', async () => {
  await actingAs(mch, HOSPITAL);
  await using context = await newContext(browser);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(mch.origin); // what waits pops up here, once
  await page.goto(`${mch.origin}${SPECIMENS}/new`);
  await page.locator('html[data-scripts="ready"]').waitFor();
  const weeks = page.locator('#gest_days');
  await weeks.fill('36.9');
  await weeks.blur();
  await page.locator('#gest_days-error:not([hidden])').waitFor();
  expect(await weeks.getAttribute('aria-invalid')).toBe('true');
  expect(await weeks.getAttribute('aria-describedby')).toContain('gest_days-error');
  expect(await page.locator('.field-error:not([hidden])').count()).toBe(1); // what was not touched is left alone
  expect(await page.locator('[data-check-said]').textContent()).toContain('1');
  expect(await findViolations(page)).toEqual([]);
  await weeks.fill('36.1');
  await page.locator('#gest_days-error').waitFor({ state: 'hidden' });
  expect(await weeks.getAttribute('aria-invalid')).toBeNull();
});

const county = 'residence_town-county';
const chosenIn = (text: string, name: string): string | undefined =>
  new RegExp(`<select[^>]* name="${name}"[\\s\\S]*?<option value="([^"]*)" selected`).exec(text)?.[1];

it('§2.5: a township is taken of the county beside it alone, and what was chosen stays', async () => {
  const nurse = await actingAs(mch, HOSPITAL);
  const form = { acting: HOSPITAL.id, ...specimen(510) };
  for (const deed of ['draft', 'submit']) {
    const page = await nurse.go(SPECIMENS, { form: { ...form, [county]: '63000', deed } });
    expect([page.status, page.text.includes('不在所選的縣市內')]).toEqual([422, true]);
    expect(chosenIn(page.text, county)).toBe('63000');
    expect(chosenIn(page.text, 'residence_town')).toBe('10017020');
  }
  const alone = { ...form, [county]: '10017', residence_town: '', deed: 'submit' };
  expect((await nurse.go(SPECIMENS, { form: alone })).text).toContain('或清除所選的縣市');
  const forged = { ...form, [county]: "' or", deed: 'submit' };
  expect((await nurse.go(SPECIMENS, { form: forged })).status).toBe(422);
  const kept = await nurse.go(SPECIMENS, { form: { ...form, [county]: '10017', deed: 'draft' } });
  const edit = await nurse.go(`${new URL(kept.url).pathname}/edit`);
  expect([chosenIn(edit.text, county), chosenIn(edit.text, 'residence_town')]).toEqual(['10017', '10017020']);
});

it('§2.5: with scripts a county narrows its townships, by keyboard alone', async () => {
  await actingAs(mch, HOSPITAL);
  await using context = await newContext(browser);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(mch.origin); // what waits pops up here, once
  await page.goto(`${mch.origin}${SPECIMENS}/new`);
  await page.locator('html[data-scripts="ready"]').waitFor();
  const [counties, towns] = [page.getByLabel('居住鄉鎮市區：縣市'), page.locator('#residence_town')];
  expect(await towns.locator('optgroup').count()).toBe(22);
  await counties.focus();
  while ((await counties.inputValue()) !== '63000') await page.keyboard.press('ArrowDown');
  expect(await towns.locator('optgroup').count()).toBe(1);
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  expect(await towns.inputValue()).toMatch(/^63000/);
  expect(await findViolations(page)).toEqual([]);
  await counties.selectOption('10017');
  expect(await towns.inputValue()).toBe('');
  await counties.selectOption('');
  await towns.selectOption('63000010');
  expect(await counties.inputValue()).toBe('63000');
});
