import type { Browser, Page } from 'playwright-core';
import { HOSPITAL, type Mch, startMch } from '../mch-app/support/mch.ts';
import { AGENCY, MAINTENANCE, MANAGER } from '../mch-app/support/people.ts';
import { BASE, RECORDS, ago, guidance } from '../mch-app/areas/antenatal.ts';
import { findViolations, launchBrowser } from '../support/browser.ts';
import { LOOKS, fillIn, mainText, pageOf, press } from './steps.ts';

/* A nurse enters guidance, finds a slip once it is locked, and has it opened to mend it. */

const SAID = {
  'zh-TW': {
    sent: '已送出並鎖定',
    locked: '送出即鎖定',
    allowed: '結案（允許異動）',
    open: '開放修改一次',
    mended: '已更正並再次鎖定',
  },
  en: { sent: 'Submitted', locked: 'Locked', allowed: 'allowed', open: 'once', mended: 'locked again' },
};

let mch: Mch;
let browser: Browser;
beforeAll(async () => {
  [mch, browser] = await Promise.all([startMch(), launchBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await mch.stop();
});

const REVIEW = '/admin/service/change-review';
const SLIP = { bp_sys: '181', bp_dia: '76' };

/** One key for each step: to the next that waits and back, to send back. */
async function withOneKey(reviewer: Page, request: string, beside: string): Promise<void> {
  await reviewer.keyboard.press('j');
  await reviewer.waitForURL(`**${REVIEW}/${beside}`);
  await reviewer.waitForSelector('html[data-scripts=ready]');
  await reviewer.keyboard.press('k');
  await reviewer.waitForURL(`**${REVIEW}/${request}`);
  await reviewer.waitForSelector('html[data-scripts=ready]');
  await reviewer.keyboard.press('r');
  await reviewer.locator('[name=decision][value=returned]:checked').waitFor();
  // what is typed is no key
  await reviewer.locator('[name=reason]').focus();
  await reviewer.keyboard.type('jkar');
  expect(await reviewer.locator('[name=reason]').inputValue()).toBe('jkar');
  expect(new URL(reviewer.url()).pathname).toBe(`${REVIEW}/${request}`);
  await reviewer.locator('[name=decision][value=returned]').focus();
}

it.each(LOOKS)(
  'SM-09: guidance is entered, locked, opened by its reviewers, mended and locked again ($locale)',
  async (look) => {
    const said = SAID[look.locale];
    const serial = look.locale === 'en' ? 702 : 701;
    const nurse = await pageOf([mch, browser], [HOSPITAL], look);
    await nurse.goto(`${mch.origin}${BASE}/records/entry`);
    await press(nurse, 'submit');
    await nurse.waitForSelector('[data-error-summary]');
    expect(await findViolations(nurse)).toEqual([]);
    await fillIn(nurse, guidance(serial, ago(1), '30.2', SLIP));
    await press(nurse, 'submit');
    await nurse.waitForURL(/records\/search\/\d+/);
    const no = /\/(\d+)/.exec(new URL(nurse.url()).pathname.slice(RECORDS.length))?.[1] ?? '';
    for (const text of [said.sent, said.locked]) expect(await mainText(nurse)).toContain(text);
    expect(await nurse.locator(`a[href="${RECORDS}/${no}/edit"]`).count()).toBe(0);
    expect(await findViolations(nurse)).toEqual([]);

    await nurse.goto(`${mch.origin}/common/change-requests/entry`);
    await fillIn(nurse, { phone: '02-55500100', email: 'nurse@example.test', category: 'other' });
    await press(nurse, 'choose');
    await nurse.waitForSelector('#record');
    await fillIn(nurse, { record: no, content: '收縮壓誤植，應為 118' });
    expect(await findViolations(nurse)).toEqual([]);
    await press(nurse, 'send');
    await nurse.waitForURL(/history\/\d+/);
    const request = /history\/(\d+)/.exec(nurse.url())?.[1] ?? '';
    expect(await findViolations(nurse)).toEqual([]);

    // beside another, so that there is one to go to
    await nurse.goto(`${mch.origin}/common/change-requests/entry`);
    await fillIn(nurse, { phone: '02-55500100', email: 'nurse@example.test', category: 'other' });
    await fillIn(nurse, { content: '另一件' });
    await press(nurse, 'send');
    await nurse.waitForURL(/history\/\d+/);
    const beside = /history\/(\d+)/.exec(nurse.url())?.[1] ?? '';
    await nurse.goto(`${mch.origin}/common/change-requests/history/${request}`);

    for (const by of [MANAGER, AGENCY, MAINTENANCE]) {
      const reviewer = await pageOf([mch, browser], [by], look);
      await reviewer.goto(`${mch.origin}${REVIEW}/${request}`);
      await reviewer.waitForSelector('html[data-scripts=ready]');
      if (by === MANAGER) await withOneKey(reviewer, request, beside);
      await reviewer.keyboard.press('a');
      await reviewer.locator('[name=decision][value=allowed]:checked').waitFor();
      await fillIn(reviewer, { reason: '已核對病歷' });
      if (by === MANAGER) expect(await findViolations(reviewer)).toEqual([]);
      await reviewer.locator('#form button[type=submit]').click();
      await reviewer.waitForURL('**done=decided');
      expect(await reviewer.locator('#form').count()).toBe(0);
    }

    // the nurse goes on where she was
    await nurse.reload();
    expect(await mainText(nurse)).toContain(said.allowed);
    await nurse.goto(`${mch.origin}${RECORDS}/${no}`);
    await nurse.locator(`main a[href="${RECORDS}/${no}/edit"]`).click();
    await nurse.waitForURL('**/edit');
    expect(await mainText(nurse)).toContain(said.open);
    expect(await findViolations(nurse)).toEqual([]);
    await fillIn(nurse, { bp_sys: '118' });
    await press(nurse, 'submit');
    await nurse.waitForURL(/done=corrected/);
    for (const text of [said.mended, said.locked, '118']) expect(await mainText(nurse)).toContain(text);
    expect(await nurse.locator(`a[href="${RECORDS}/${no}/edit"]`).count()).toBe(0);
    expect(await findViolations(nurse)).toEqual([]);
    await nurse.goto(`${mch.origin}${RECORDS}/${no}/history`);
    for (const text of ['181', '118']) expect(await mainText(nurse)).toContain(text);
    expect(await findViolations(nurse)).toEqual([]);
  },
  60_000,
);
