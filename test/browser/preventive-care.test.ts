import type { Browser } from 'playwright-core';
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
import { findViolations, launchBrowser } from '../support/browser.ts';
import { LOOKS, mainText, pageOf } from './steps.ts';

/* A bureau's reviewer approves what the health stations of its county followed up, and of no other county. */

const SAID = {
  'zh-TW': { approved: '已核定', locked: '核定即鎖定', notes: ['核定說明', '退回原因'] },
  en: { approved: 'Approved', locked: 'Locked', notes: ['Note on the approval', 'Reason for returning it'] },
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
  async (look) => {
    const said = SAID[look.locale];
    const serial = look.locale === 'en' ? 302 : 301;
    const no = await followed(serial, STATION);
    const theirs = await followed(serial + 10, AWAY);
    const next = await followed(serial + 20, STATION);

    const reviewer = await pageOf([mch, browser], [BUREAU], look);
    await reviewer.goto(`${mch.origin}/common/todo`);
    await reviewer.locator(`main a[href^="${APPROVAL}?"]`).click();
    await reviewer.waitForURL(`**${APPROVAL}?**`);
    expect(await reviewer.locator('main tbody').textContent()).toContain(`健兒${serial}`);
    expect(await reviewer.locator('main tbody').textContent()).not.toContain(`健兒${serial + 10}`);
    expect(await findViolations(reviewer)).toEqual([]);
    // of the county that is chosen the townships are left, and a township names its county
    await reviewer.waitForSelector('html[data-scripts=ready]');
    for (const fold of await reviewer.locator('details.filter-fold:not([open]) > summary').all())
      await fold.click();
    const towns = () => reviewer.locator('#town optgroup').count();
    expect(await towns()).toBeGreaterThan(20);
    await reviewer.selectOption('#county', '10002');
    expect(await towns()).toBe(1);
    await reviewer.selectOption('#county', '');
    await reviewer.selectOption('#town', STATION.unit.town);
    expect([await reviewer.locator('#county').inputValue(), await towns()]).toEqual(['10017', 1]);
    await reviewer.locator('form.filter button[type=submit]').click();
    await reviewer.waitForURL(`**town=${STATION.unit.town}**`);
    expect(await reviewer.locator('main tbody').textContent()).toContain(`健兒${serial}`);
    expect(await findViolations(reviewer)).toEqual([]);
    expect((await reviewer.goto(`${mch.origin}${APPROVAL}/${theirs}`))?.status()).toBe(404);

    await reviewer.goto(`${mch.origin}${APPROVAL}/${no}`);
    expect(await findViolations(reviewer)).toEqual([]);
    const approval = reviewer.locator('form[action$="/approval"]');
    for (const label of said.notes) expect(await reviewer.getByLabel(label, { exact: true }).count()).toBe(1);
    // without a word the form is not sent at all
    await approval.getByRole('button').click();
    expect(new URL(reviewer.url()).search).toBe('');
    // one key for each step: to the next that waits in the county and back, to send back, to approve
    await reviewer.reload();
    await reviewer.waitForSelector('html[data-scripts=ready]');
    await reviewer.keyboard.press('j');
    await reviewer.waitForURL(`**${APPROVAL}/${next}`);
    await reviewer.waitForSelector('html[data-scripts=ready]');
    await reviewer.keyboard.press('k');
    await reviewer.waitForURL(`**${APPROVAL}/${no}`);
    await reviewer.waitForSelector('html[data-scripts=ready]');
    await reviewer.keyboard.press('r');
    await reviewer.locator('form[action$="/return"] [name=note]:focus').waitFor();
    await reviewer.evaluate('document.activeElement.blur()');
    await reviewer.keyboard.press('a');
    await approval.locator('[name=note]:focus').waitFor();
    await reviewer.keyboard.type('內容完整');
    await reviewer.keyboard.press('Enter');
    await reviewer.waitForURL('**done=approve');
    for (const text of [said.approved, said.locked, '內容完整'])
      expect(await mainText(reviewer)).toContain(text);
    expect(await reviewer.locator('form[action$="/approval"]').count()).toBe(0);
    expect(await reviewer.locator('a[data-key=next]').getAttribute('href')).toBe(`${APPROVAL}/${next}`);
    expect(await findViolations(reviewer)).toEqual([]);

    const station = await pageOf([mch, browser], [STATION], look);
    await station.goto(`${mch.origin}${BASE}/tracking/${no}`);
    expect(await mainText(station)).toContain(said.locked);
    expect(await station.locator(`a[href$="/tracking/${no}/edit"]`).count()).toBe(0);
    const other = await pageOf([mch, browser], [FARAWAY], look);
    expect((await other.goto(`${mch.origin}${APPROVAL}/${no}`))?.status()).toBe(404);
  },
  30_000,
);
