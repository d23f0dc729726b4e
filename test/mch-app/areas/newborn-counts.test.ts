import { type Mch, startMch } from '../support/mch.ts';
import {
  AREA,
  AWAY,
  BUREAU,
  CENTER,
  CENTERS_BUREAU,
  CENTER_2,
  COLLECTOR,
  CONFIRMING,
  OTHER,
  STATION,
  Ward,
  countOf,
  day,
  waiting,
} from './newborn/ward.ts';

/**
 * One ward, counted by hand: who is waited for, what does not fit, how many were screened. Children by letters, born
 * so many days ago; (x) marks those every count must leave out.
 */
let mch: Mch;
let ward: Ward;

beforeAll(async () => {
  mch = await startMch();
  ward = new Ward(mch);
  await ward.birth(1, -5); // A nobody took a specimen
  const b = await ward.birth(2, -5); // B taken, not mailed
  await ward.specimen(b, -2, { mailed_date: '' });
  await ward.birth(3, -2); // C two days old (x)
  await ward.birth(4, -5, { not_screened_reason: 'refused' }); // D refused (x)
  await ward.birth(5, -5, { deed: 'draft' }); // E a draft (x)
  await ward.birth(6, -5, {}, OTHER); // F another hospital's (x)
  await ward.birth(7, -5, { not_screened_reason: 'transferred', transfer_unit: OTHER.unit.code }); // G moved there
  const i = await ward.birth(8, -5); // I a draft of a specimen only
  await ward.specimen(i, -2, { deed: 'draft' });
  await ward.birth(9, -5, { not_screened_reason: 'died' }); // W died (x)
  await ward.birth(10, -5, {}, AWAY); // in another county (x)

  const taken = async (serial: number, more: Record<string, string> = {}): Promise<[string, string]> => {
    const birth = await ward.birth(serial, -20);
    return [birth, await ward.specimen(birth, -17, more)];
  };
  const found = async (serial: number, overall: string, reported: number, more = {}) => {
    const [birth, specimen] = await taken(serial, more);
    return [birth, await ward.finding(specimen, overall, reported)] as const;
  };
  await found(11, 'repeat', -10); // J waited for
  await found(12, 'repeat', -7); // K seven days only (x)
  await found(13, 'unfit', -8); // L waited for
  const [m] = await found(14, 'repeat', -10); // M taken again, subsidised twice (x)
  await ward.specimen(m, -3, { seq: '2', confirmed: 'subsidy_type.nbs_subsidised' });
  const [, n] = await found(15, 'repeat', -10); // N refused (x)
  await ward.done(COLLECTOR, 'repeat', { parent: n, recall_date: day(-9), recall_result: 'refused' });
  const [, p] = await found(16, 'repeat', -10); // P cannot be reached: still waited for
  await ward.done(COLLECTOR, 'repeat', { parent: p, recall_date: day(-9), recall_result: 'lost' });
  await found(17, 'confirm', -10, { subsidy_type: 'low_income' }); // Q nobody was asked
  const [, r] = await found(18, 'confirm', -10); // R referred
  await ward.referral(r, -9);
  const [, s] = await found(19, 'confirm', -10); // S confirmed fifteen days after birth (x)
  await ward.diagnosis(await ward.referral(s, -9), 'confirmed', -5);
  const [, u] = await found(20, 'confirm', -10); // U a draft of a diagnosis
  await ward.diagnosis(await ward.referral(u, -9), 'confirmed', -5, 'draft');
  await found(21, 'normal', -10, { subsidy_type: 'none' }); // V nothing, and no subsidy (x)
  const [, x] = await found(22, 'confirm', -10); // X excluded (x)
  await ward.diagnosis(await ward.referral(x, -9), 'excluded', -5);
  await taken(23, { mailed_date: '' }); // Y no finding, not mailed
  const z = await ward.birth(24, -20, { not_screened_reason: 'refused' }); // Z refused, and taken all the same
  await ward.finding(await ward.specimen(z, -10), 'normal', -5);
  const late = await ward.birth(25, -40); // AA subsidised too late, as an old record may be
  const specimen = await ward.specimen(late, -5, { subsidy_type: 'none' });
  await mch.database.query(
    `update nbs_specimen set subsidy_type = 'general', subsidy_amount = 200, family_amount = 350
     where record_id = (select id from record where no = $1)`,
    [specimen],
  );
}, 60_000);
afterAll(() => mch.stop());

const T18 = '新生兒篩檢-未採集資料清單';
const T19 = '新生兒篩檢-需複檢未完成';
const T20 = '新生兒篩檢-陽性未確診';

const personsOn = async (who: typeof COLLECTOR, path: string): Promise<number[]> => {
  const page = await (await ward.as(who)).go(`${AREA}/${path}`);
  const serials = [...page.text.matchAll(/測試母(\d+)號之子/g)].map(([, serial]) => Number(serial));
  return serials.toSorted((one, other) => one - other);
};

describe('child/newborn-screening, counted by hand', () => {
  it('T18: births past 72 hours without a specimen, for the unit, the station and the bureau', async () => {
    expect(await waiting(mch, COLLECTOR, T18)).toBe(3);
    expect(await waiting(mch, OTHER, T18)).toBe(2);
    expect(await waiting(mch, STATION, T18)).toBe(3);
    expect(await waiting(mch, BUREAU, T18)).toBe(4);
    expect(await waiting(mch, CENTERS_BUREAU, T18)).toBe(0);
    expect(await waiting(mch, CENTER, T18)).toBeUndefined();
    expect(await personsOn(COLLECTOR, 'births?state=submitted&only=without_specimen')).toEqual([1, 7, 8]);
    expect(await personsOn(OTHER, 'births?state=submitted&only=without_specimen')).toEqual([6, 7]);
  });

  it('T18: waits for the 72nd hour to pass, to the minute', async () => {
    const born = (minutes: number): Promise<unknown> =>
      mch.database.query('update patient set birth_at = $1 where name = $2', [
        new Date(Date.now() - 72 * 3_600_000 + minutes * 60_000),
        '測試母3號之子／女',
      ]);
    await born(2);
    expect(await waiting(mch, COLLECTOR, T18)).toBe(3);
    await born(-2);
    expect(await waiting(mch, COLLECTOR, T18)).toBe(4);
    await born(1440);
  });

  it('T19: to be taken again, reported more than seven days ago, not taken', async () => {
    expect(await waiting(mch, COLLECTOR, T19)).toBe(3);
    expect(await waiting(mch, CENTER, T19)).toBe(3);
    expect(await waiting(mch, CENTER_2, T19)).toBe(0);
    expect(await waiting(mch, OTHER, T19)).toBe(0);
    expect(await personsOn(COLLECTOR, 'lab?state=submitted&only=without_repeat')).toEqual([11, 13, 16]);
  });

  it('T20: to be confirmed and no diagnosis; for the confirming hospital what was referred to it', async () => {
    expect(await waiting(mch, CENTER, T20)).toBe(3);
    expect(await waiting(mch, BUREAU, T20)).toBe(3);
    expect(await waiting(mch, STATION, T20)).toBe(3);
    expect(await waiting(mch, CENTERS_BUREAU, T20)).toBe(0);
    expect(await waiting(mch, CONFIRMING, T20)).toBe(2);
    expect(await personsOn(CENTER, 'lab?state=submitted&only=without_diagnosis')).toEqual([17, 18, 20]);
    expect(await personsOn(CENTER, 'lab?only=without_referral')).toEqual([17]);
    expect(await personsOn(CONFIRMING, 'diagnosis/referrals?only=without_diagnosis')).toEqual([18, 20]);
  });

  it('lists specimens without a finding, and children called back by their term', async () => {
    expect(await personsOn(COLLECTOR, 'specimens?state=submitted&only=without_finding')).toEqual([
      2, 14, 23, 25,
    ]);
    expect(await personsOn(COLLECTOR, 'repeat?only=overdue')).toEqual([16]);
    expect(await personsOn(COLLECTOR, 'repeat?only=due')).toEqual([]);
    expect(await personsOn(COLLECTOR, 'specimens?f_center=1132010024&f_subsidy_type=low_income')).toEqual([
      17,
    ]);
    expect(await personsOn(COLLECTOR, 'specimens?f_center=1132010025')).toEqual([]);
  });

  it('tells what is to be sent and what was, by screening centre', async () => {
    expect(await personsOn(COLLECTOR, 'sending')).toEqual([2, 23]);
    expect(await personsOn(OTHER, 'sending')).toEqual([]);
    expect(await personsOn(COLLECTOR, 'sending?center=1132010025')).toEqual([]);
    const sent = await (
      await ward.as(COLLECTOR)
    ).go(`${AREA}/sending?sent=sent&from=${day(-17)}&to=${day(-10)}`);
    expect(countOf(sent)).toBe(13);
    const file = await (await ward.as(COLLECTOR)).go(`${AREA}/sending/export?format=xlsx`);
    expect(file.status).toBe(200);
  });

  it('holds subsidies against specimens and births', async () => {
    const visitor = await ward.as(BUREAU);
    const query = `since=${day(-45).slice(0, 7)}&until=${day(0).slice(0, 7)}&unit=${COLLECTOR.unit.code}`;
    const page = await visitor.go(`${AREA}/reconciliation?${query}`);
    expect(countOf(page)).toBe(6);
    const of = (mismatch: string): Promise<number[]> =>
      personsOn(BUREAU, `reconciliation?${query}&mismatch=${mismatch}`);
    expect(await of('twice')).toEqual([14, 14]);
    expect(await of('late')).toEqual([25]);
    expect(await of('not_screened')).toEqual([24]);
    expect(await of('no_result')).toEqual([23]);
    expect(await of('unclaimed')).toEqual([21]);
    const figures = [...page.text.matchAll(/<dd>([^<]*)<\/dd>/g)].map(([, text]) => text);
    expect(figures.slice(0, 4)).toEqual(['17', '16', '3,550', '5,800']);
  });

  it('S8: counts coverage, recall, predictive value and days to diagnosis of live births', async () => {
    const visitor = await ward.as(BUREAU);
    const query = `since=${day(-45).slice(0, 7)}&until=${day(0).slice(0, 7)}&unit=${COLLECTOR.unit.code}`;
    const page = await visitor.go(`${AREA}/statistics?${query}`);
    const figures = [...page.text.matchAll(/<dd>([^<]*)<\/dd>/g)].map(([, text]) => text);
    // 21 live births, 16 taken; 13 found, 6 to be taken again; 2 concluded, 1 confirmed; 15 days
    expect(figures.slice(0, 4)).toEqual(['76.2 %', '46.2 %', '50.0 %', '15']);
    const away = await (await ward.as(CENTERS_BUREAU)).go(`${AREA}/statistics?${query}`);
    expect(away.text).not.toContain('76.2 %');
    const before = await visitor.go(`${AREA}/statistics?since=2020-01&until=2020-02`);
    expect(before.text).not.toContain('<svg class="bar"');
  });
});
