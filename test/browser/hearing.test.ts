import type { Browser, Page } from 'playwright-core';
import type { OpAccount } from '../mch-app/support/fake-op.ts';
import { CONFIRMER, SCREENER, births, mch, start, stop } from '../mch-app/support/hearing.ts';
import { later } from '../mch-app/support/births.ts';
import { findViolations, launchBrowser, putTodosAway } from '../support/browser.ts';
import { LOOKS, fillIn, mainText, pageOf, press, tabTo } from './steps.ts';

/* From what waits to the referral of a child, and its diagnosis in another hospital where the same person works. */

const SAID = {
  'zh-TW': { locked: '送出即鎖定' },
  en: { locked: 'Locked' },
};
const DAYS_OLD = 10;
const HERE: OpAccount = { ...SCREENER, binding: '篩檢的醫院' };
const THERE: OpAccount = { ...CONFIRMER, id: SCREENER.id.replace(/1$/, '2'), binding: '確診的醫院' };

let browser: Browser;
beforeAll(async () => {
  [browser] = await Promise.all([launchBrowser(), start()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await stop();
});

/** Goes by keyboard from the to-dos to the list that one of them counts. */
async function fromTodo(page: Page, list: string, count: number): Promise<void> {
  await page.goto(`${mch.origin}/common/todo`);
  const line = page.locator('main tr', { has: page.locator(`a[href^="${list}"]`) });
  expect(await line.locator('.todo-count').textContent()).toBe(String(count));
  expect(await findViolations(page)).toEqual([]);
  await tabTo(page, `main a[href^="${list}"]`);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${list}*`);
}

/** Goes on as another of the person's accounts, by keyboard. */
async function switchTo(page: Page, account: OpAccount): Promise<void> {
  await page.locator('[data-acting] > summary').focus();
  await page.keyboard.press('Enter');
  await page.locator('.switcher-option', { hasText: account.binding }).focus();
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.locator('[data-acting] > summary', { hasText: account.binding }).waitFor();
  await putTodosAway(page);
}

it.each(LOOKS)(
  'T05: a child that failed is referred, and diagnosed under the other account of the same person ($locale)',
  async (look) => {
    const said = SAID[look.locale];
    const serial = look.locale === 'en' ? 2 : 1;
    const child = `測試寶寶${serial}`;
    await births.born(serial, DAYS_OLD);
    await births.born(serial + 10, DAYS_OLD, { unit: THERE.unit });
    const page = await pageOf([mch, browser], [HERE, THERE], look);

    await fromTodo(page, '/child/hearing/unscreened', 1);
    expect(await mainText(page)).toContain(child);
    expect(await mainText(page)).not.toContain(`測試寶寶${serial + 10}`);
    expect(await findViolations(page)).toEqual([]);
    await page.locator('main tbody a[href*="/screening/new?child="]').click();
    await page.waitForURL('**/screening/new?child=*');
    await fillIn(page, {
      stage: 'repeat',
      screened_at: `${later(3 - DAYS_OLD)}T09:00`,
      guardian_phone: '0912-345678',
      method: 'aabr',
      right_ear: 'pass',
      left_ear: 'fail',
    });
    await press(page, 'submit');
    // where to is asked, and what was typed is still there
    await page.waitForSelector('[data-error-summary]');
    expect(await findViolations(page)).toEqual([]);
    await fillIn(page, { refer_to: THERE.unit.code });
    await press(page, 'submit');
    await page.waitForURL(/screening\/\d+/);
    for (const text of [child, said.locked, THERE.unit.code]) expect(await mainText(page)).toContain(text);
    expect(await findViolations(page)).toEqual([]);
    await fromTodo(page, '/child/hearing/unscreened', 0);

    await fromTodo(page, '/child/hearing/undiagnosed', 1);
    expect(await page.locator('main a[href*="/diagnosis/new"]').count()).toBe(0);
    await switchTo(page, THERE);
    await fromTodo(page, '/child/hearing/undiagnosed', 1);
    expect(await mainText(page)).toContain(child);
    expect(await findViolations(page)).toEqual([]);
    await page.locator('main tbody a[href*="/diagnosis/new?parent="]').click();
    await page.waitForURL('**/diagnosis/new?parent=*');
    await fillIn(page, { diag_date: later(-1), right: 'normal', left: 'moderate', plan: 'aid' });
    expect(await findViolations(page)).toEqual([]);
    await press(page, 'submit');
    await page.waitForURL(/diagnosis\/\d+/);
    for (const text of [child, said.locked]) expect(await mainText(page)).toContain(text);
    expect(await findViolations(page)).toEqual([]);
    await fromTodo(page, '/child/hearing/undiagnosed', 0);

    await switchTo(page, HERE);
    await fromTodo(page, '/child/hearing/undiagnosed', 0);
    await page.context().close();
  },
  60_000,
);
