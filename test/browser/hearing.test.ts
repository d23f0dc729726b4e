import type { Browser, Page } from 'playwright-core';
import type { OpAccount } from '../mch-app/support/fake-op.ts';
import { CONFIRMER, SCREENER, births, mch, start, stop } from '../mch-app/support/hearing.ts';
import { findViolations, launchBrowser, putTodosAway } from '../support/browser.ts';
import { DAYS_OLD, LOCKED, diagnose, fromTodo, refer } from './hearing-steps.ts';
import { LOOKS, mainText, pageOf } from './steps.ts';

/* From what waits to the referral of a child, and its diagnosis in another hospital where the same person works. */

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
    const said = LOCKED[look.locale];
    const serial = look.locale === 'en' ? 2 : 1;
    const child = `測試寶寶${serial}`;
    await births.born(serial, DAYS_OLD);
    await births.born(serial + 10, DAYS_OLD, { unit: THERE.unit });
    const page = await pageOf([mch, browser], [HERE, THERE], look);

    await fromTodo(page, mch.origin, '/child/hearing/unscreened', 1);
    expect(await mainText(page)).toContain(child);
    expect(await mainText(page)).not.toContain(`測試寶寶${serial + 10}`);
    expect(await findViolations(page)).toEqual([]);
    await refer(page, THERE.unit.code, [child, said]);
    await fromTodo(page, mch.origin, '/child/hearing/unscreened', 0);

    await fromTodo(page, mch.origin, '/child/hearing/undiagnosed', 1);
    expect(await page.locator('main a[href*="/diagnosis/new"]').count()).toBe(0);
    await switchTo(page, THERE);
    await fromTodo(page, mch.origin, '/child/hearing/undiagnosed', 1);
    expect(await mainText(page)).toContain(child);
    expect(await findViolations(page)).toEqual([]);
    await diagnose(page, [child, said]);
    await fromTodo(page, mch.origin, '/child/hearing/undiagnosed', 0);

    await switchTo(page, HERE);
    await fromTodo(page, mch.origin, '/child/hearing/undiagnosed', 0);
    await page.context().close();
  },
  60_000,
);
