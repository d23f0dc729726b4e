import type { Page } from 'playwright-core';
import { later } from '../mch-app/support/births.ts';
import { findViolations } from '../support/browser.ts';
import { fillIn, mainText, press, tabTo } from './steps.ts';

/* What is done with a child that failed: referred where it was screened, diagnosed where it was sent. */

export const DAYS_OLD = 10;
export const LOCKED = { 'zh-TW': '送出即鎖定', en: 'Locked' };

/** Goes by keyboard from the to-dos to the list that one of them counts. */
export async function fromTodo(page: Page, origin: string, list: string, count: number): Promise<void> {
  await page.goto(`${origin}/common/todo`);
  const line = page.locator('main tr', { has: page.locator(`a[href^="${list}"]`) });
  expect(await line.locator('.todo-count').textContent()).toBe(String(count));
  expect(await findViolations(page)).toEqual([]);
  await tabTo(page, `main a[href^="${list}"]`);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${list}*`);
}

/** Enters a screening of the child of this list that failed, and whereto it is sent. */
export async function refer(page: Page, to: string, told: readonly string[]): Promise<void> {
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
  await fillIn(page, { refer_to: to });
  await press(page, 'submit');
  await page.waitForURL(/screening\/\d+/);
  for (const text of [...told, to]) expect(await mainText(page)).toContain(text);
  expect(await findViolations(page)).toEqual([]);
}

/** Enters what was found of the child of this list. */
export async function diagnose(page: Page, told: readonly string[]): Promise<void> {
  await page.locator('main tbody a[href*="/diagnosis/new?parent="]').click();
  await page.waitForURL('**/diagnosis/new?parent=*');
  await fillIn(page, { diag_date: later(-1), right: 'normal', left: 'moderate', plan: 'aid' });
  expect(await findViolations(page)).toEqual([]);
  await press(page, 'submit');
  await page.waitForURL(/diagnosis\/\d+/);
  for (const text of told) expect(await mainText(page)).toContain(text);
  expect(await findViolations(page)).toEqual([]);
}
