import type { Browser, Page } from 'playwright-core';
import { HOSPITAL, type Mch, startMch } from '../mch-app/support/mch.ts';
import type { OpAccount } from '../mch-app/support/fake-op.ts';
import { AGENCY, MAINTENANCE, MANAGER, actingAs, send as post } from '../mch-app/support/people.ts';
import { BASE, RECORDS, ago, guidance } from '../mch-app/areas/antenatal.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  putTodosAway,
} from '../support/browser.ts';

/* A nurse enters guidance, finds a slip once it is locked, and has it opened to mend it. */

const LOOKS: (ContextOptions & { locale: 'zh-TW' | 'en'; serial: number })[] = [
  { locale: 'zh-TW', viewport: WIDE, serial: 701 },
  { locale: 'en', viewport: { width: 360, height: 740 }, colorScheme: 'dark', serial: 702 },
];
const SAID = {
  'zh-TW': { sent: '已送出並鎖定', locked: '送出即鎖定', open: '開放修改一次', mended: '已更正並再次鎖定' },
  en: { sent: 'Submitted', locked: 'Locked', open: 'once', mended: 'locked again' },
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

/** Somebody at home, signed in. */
async function pageOf(account: OpAccount, look: ContextOptions & { locale: string }): Promise<Page> {
  mch.op.accounts = [account];
  mch.op.acting = account.id;
  mch.op.sub = `sub-${account.id}`;
  const page = await (await newContext(browser, look)).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${mch.origin}/?lang=${look.locale}`);
  await putTodosAway(page);
  return page;
}

/** Fills in what a form has of these, as its fields take it. */
async function fill(page: Page, form: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(form)) {
    const field = page.locator(`[name="${name}"]`);
    const kind = await field
      .first()
      .evaluate((element) => `${element.nodeName} ${element.getAttribute('type')}`);
    if (kind.startsWith('SELECT')) await field.selectOption(value);
    else if (/checkbox|radio/.test(kind)) await page.locator(`[name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
}

const send = (page: Page, deed: string) => page.locator(`main button[name=deed][value=${deed}]`).click();

it.each(LOOKS)(
  'SM-09: guidance is entered, locked, opened by its reviewers, mended and locked again ($locale)',
  async ({ serial, ...look }) => {
    const said = SAID[look.locale];
    const nurse = await pageOf(HOSPITAL, look);
    await nurse.goto(`${mch.origin}${BASE}/records/entry`);
    await send(nurse, 'submit');
    await nurse.waitForSelector('[data-error-summary]');
    expect(await findViolations(nurse)).toEqual([]);
    await fill(nurse, guidance(serial, ago(1), '30.2', { bp_sys: '181', bp_dia: '76' }));
    await send(nurse, 'submit');
    await nurse.waitForURL(/records\/search\/\d+/);
    const no = /\/(\d+)/.exec(new URL(nurse.url()).pathname.slice(RECORDS.length))?.[1] ?? '';
    expect(await nurse.locator('main').textContent()).toContain(said.sent);
    expect(await nurse.locator('main').textContent()).toContain(said.locked);
    expect(await nurse.locator(`a[href="${RECORDS}/${no}/edit"]`).count()).toBe(0);

    await nurse.goto(`${mch.origin}/common/change-requests/entry`);
    await fill(nurse, { phone: '02-55500100', email: 'nurse@example.test', category: 'other' });
    await send(nurse, 'choose');
    await nurse.waitForSelector('#record');
    await fill(nurse, { record: no, content: '收縮壓誤植，應為 118' });
    await send(nurse, 'send');
    await nurse.waitForURL(/history\/\d+/);
    const request = /history\/(\d+)/.exec(nurse.url())?.[1] ?? '';

    const manager = await pageOf(MANAGER, look);
    await manager.goto(`${mch.origin}/admin/service/change-review/${request}`);
    await fill(manager, { decision: 'allowed', reason: '已核對病歷' });
    expect(await findViolations(manager)).toEqual([]);
    await manager.locator('#form button[type=submit]').click();
    await manager.waitForSelector('#form', { state: 'detached' });
    for (const by of [AGENCY, MAINTENANCE]) {
      const decision = `/admin/service/change-review/${request}/decision`;
      await post(await actingAs(mch, by), decision, by, { decision: 'allowed', reason: '同意' });
    }

    const again = await pageOf(HOSPITAL, look);
    await again.goto(`${mch.origin}${RECORDS}/${no}/edit`);
    expect(await again.locator('main').textContent()).toContain(said.open);
    await fill(again, { bp_sys: '118' });
    await send(again, 'submit');
    await again.waitForURL(/done=corrected/);
    const shown = (await again.locator('main').textContent()) ?? '';
    for (const text of [said.mended, said.locked, '118']) expect(shown).toContain(text);
    expect(await again.locator(`a[href="${RECORDS}/${no}/edit"]`).count()).toBe(0);
    await again.goto(`${mch.origin}${RECORDS}/${no}/history`);
    const history = (await again.locator('main').textContent()) ?? '';
    for (const text of ['181', '118']) expect(history).toContain(text);
    expect(await findViolations(again)).toEqual([]);
  },
  120_000,
);
