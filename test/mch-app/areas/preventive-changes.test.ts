import type { OpAccount } from '../support/fake-op.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { AGENCY, MANAGER, send } from '../support/people.ts';
import {
  BASE,
  BUREAU,
  CLINIC,
  CONFIRMER,
  STATION,
  as,
  dayFrom,
  diagnosis,
  enter,
  numberIn,
  sendOn,
  versionIn,
} from './preventive-people.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const CONFIRMERS_MANAGER: OpAccount = { ...CONFIRMER, id: 'P@00000032P@mbh_01', role: 'mch_manager' };
const CONFIRMERS_BUREAU: OpAccount = {
  ...BUREAU,
  id: 'P@00000033P@mbh_01',
  unit: { ...BUREAU.unit, code: '379000000I', county: '63000', town: '63000010' },
};

/** Asks for a change and lets the reviewers allow it in turn. @returns what each was answered with */
async function allowed(
  by: OpAccount,
  category: string,
  record: string,
  reviewers: OpAccount[],
): Promise<string[]> {
  const asked = await send(await as(mch, by), '/common/change-requests/entry', by, {
    category,
    record,
    phone: '02-55500100',
    email: 'nurse@example.test',
    content: '誤植',
    deed: 'send',
  });
  const no = numberIn(asked);
  const said: string[] = [];
  for (const reviewer of reviewers) {
    const page = await send(
      await as(mch, reviewer),
      `/admin/service/change-review/${no}/decision`,
      reviewer,
      {
        decision: 'allowed',
        reason: '同意',
      },
    );
    said.push(page.text.includes('已送出審核結果') ? 'allowed' : 'refused');
  }
  return said;
}
async function correct(
  by: OpAccount,
  leaf: string,
  no: string,
  form: Record<string, string>,
): Promise<string> {
  const visitor = await as(mch, by);
  const page = await visitor.go(`${BASE}/${leaf}/${no}/edit`);
  if (!page.text.includes('開放修改一次')) return 'locked';
  const version = versionIn(page);
  const sent = await send(visitor, `${BASE}/${leaf}/${no}`, by, { ...form, version, deed: 'submit' });
  return sent.text.includes('已更正並再次鎖定') ? 'corrected' : 'refused';
}

describe('corrections of what was submitted', () => {
  it('SM-09: a referral goes by its unit and its bureau, opens once and locks again', async () => {
    const no = await sendOn(mch, 401);
    const form = {
      refer_date: dayFrom(-1),
      destination: 'hospital',
      to_unit: CONFIRMER.unit.code,
      reason_category: 'general',
      suspected: 'hip',
      summary: '更正後摘要',
      guardian_consent: 'yes',
    };
    expect(await correct(CLINIC, 'referrals', no, form)).toBe('locked');
    expect(await allowed(CLINIC, 'child_referral', no, [BUREAU, MANAGER, CONFIRMERS_BUREAU, BUREAU])).toEqual(
      ['refused', 'allowed', 'refused', 'allowed'],
    );
    expect(await correct(CLINIC, 'referrals', no, form)).toBe('corrected');
    expect(await correct(CLINIC, 'referrals', no, form)).toBe('locked');
    const history = await (await as(mch, CLINIC)).go(`${BASE}/referrals/${no}/history`);
    for (const text of ['心雜音', '更正後摘要']) expect(history.text).toContain(text);
  });

  it('SM-09: a diagnosis goes by the hospital’s own manager and bureau', async () => {
    const parent = await sendOn(mch, 402);
    const no = await enter(mch, CONFIRMER, 'diagnoses', diagnosis(parent));
    expect(await allowed(CONFIRMER, 'child_diagnosis', no, [CONFIRMERS_MANAGER, CONFIRMERS_BUREAU])).toEqual([
      'allowed',
      'allowed',
    ]);
    const { parent: _, ...form } = diagnosis(parent, { diagnosis: 'Q21.1' });
    expect(await correct(CONFIRMER, 'diagnoses', no, form)).toBe('corrected');
  });

  it('SM-09: a station’s follow-up goes by its bureau, an approved one by the national agency', async () => {
    const form = { track_date: dayFrom(0), mode: 'phone', findings: '更正', child_status: 'attended' };
    const no = await enter(mch, STATION, 'tracking', { ...form, parent: await sendOn(mch, 403) });
    expect(await allowed(STATION, 'tracking', no, [BUREAU])).toEqual(['allowed']);
    expect(await correct(STATION, 'tracking', no, form)).toBe('corrected');
    const bureau = await as(mch, BUREAU);
    const at = `${BASE}/tracking-approval/${no}`;
    await send(bureau, `${at}/approval`, BUREAU, { version: versionIn(await bureau.go(at)), note: '可' });
    expect(await correct(STATION, 'tracking', no, form)).toBe('locked');
    expect(await allowed(BUREAU, 'tracking_approval', no, [AGENCY])).toEqual(['allowed']);
    expect((await bureau.go(at)).text).toContain('/approval');
    expect((await bureau.go(`${at}/history`)).text).toContain('撤回核定');
  });
});
