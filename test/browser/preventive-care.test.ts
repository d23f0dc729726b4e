import type { Browser, Page } from 'playwright-core';
import { type Mch, startMch } from '../mch-app/support/mch.ts';
import type { OpAccount } from '../mch-app/support/fake-op.ts';
import {
  BASE,
  BUREAU,
  FARAWAY,
  STATION,
  dayFrom,
  enter,
  sendOn,
} from '../mch-app/areas/preventive-people.ts';
import {
  type ContextOptions,
  WIDE,
  findViolations,
  launchBrowser,
  newContext,
  putTodosAway,
} from '../support/browser.ts';

/* A bureau's reviewer approves what the health stations of its county followed up, and of no other county. */

const LOOKS: (ContextOptions & { locale: 'zh-TW' | 'en'; serial: number })[] = [
  { locale: 'zh-TW', viewport: WIDE, serial: 301 },
  { locale: 'en', viewport: { width: 360, height: 740 }, colorScheme: 'dark', serial: 302 },
];
const SAID = {
  'zh-TW': { approved: '已核定', locked: '核定即鎖定' },
  en: { approved: 'Approved', locked: 'Locked' },
};
const APPROVAL = `${BASE}/tracking-approval`;
const AWAY: OpAccount = {
  ...STATION,
  id: 'P@00000031P@mbh_01',
  unit: { ...STATION.unit, code: '2302010010', name: '他縣衛生所', county: '10002', town: '10002010' },
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

/** A child sent on, and what its health station learned. @returns the follow-up's number */
async function followed(serial: number, by: OpAccount): Promise<string> {
  const parent = await sendOn(mch, serial, {}, { town: by.unit.town });
  return enter(mch, by, 'tracking', {
    parent,
    track_date: dayFrom(0),
    mode: 'phone',
    findings: '已陪同就醫',
    child_status: 'attended',
  });
}

it.each(LOOKS)(
  'T22: the bureau approves the follow-ups of its county only ($locale)',
  async ({ serial, ...look }) => {
    const said = SAID[look.locale];
    const no = await followed(serial, STATION);
    const theirs = await followed(serial + 10, AWAY);

    const reviewer = await pageOf(BUREAU, look);
    await reviewer.goto(`${mch.origin}/common/todo`);
    await reviewer.locator(`main a[href^="${APPROVAL}?"]`).click();
    await reviewer.waitForURL(`**${APPROVAL}?**`);
    expect(await reviewer.locator('main tbody').textContent()).toContain(`健兒${serial}`);
    expect(await reviewer.locator('main tbody').textContent()).not.toContain(`健兒${serial + 10}`);
    expect(await findViolations(reviewer)).toEqual([]);
    expect((await reviewer.goto(`${mch.origin}${APPROVAL}/${theirs}`))?.status()).toBe(404);

    await reviewer.goto(`${mch.origin}${APPROVAL}/${no}`);
    expect(await findViolations(reviewer)).toEqual([]);
    const approval = reviewer.locator('form[action$="/approval"]');
    // without a word the form is not sent at all
    await approval.getByRole('button').click();
    expect(new URL(reviewer.url()).search).toBe('');
    await approval.locator('[name=note]').focus();
    await reviewer.keyboard.type('內容完整');
    await reviewer.keyboard.press('Enter');
    await reviewer.waitForURL('**done=approve');
    const page = await reviewer.locator('main').textContent();
    for (const text of [said.approved, said.locked, '內容完整']) expect(page).toContain(text);
    expect(await reviewer.locator('form[action$="/approval"]').count()).toBe(0);
    expect(await findViolations(reviewer)).toEqual([]);

    const station = await pageOf(STATION, look);
    await station.goto(`${mch.origin}${BASE}/tracking/${no}`);
    expect(await station.locator('main').textContent()).toContain(said.locked);
    expect(await station.locator(`a[href$="/tracking/${no}/edit"]`).count()).toBe(0);
    const other = await pageOf(FARAWAY, look);
    expect((await other.goto(`${mch.origin}${APPROVAL}/${no}`))?.status()).toBe(404);
  },
  30_000,
);
