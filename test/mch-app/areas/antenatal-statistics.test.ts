import { type Mch, startMch } from '../support/mch.ts';
import { actingAs, send } from '../support/people.ts';
import {
  AWAY,
  BASE,
  CLINIC,
  COUNTY,
  NURSE,
  RECORDS,
  VISITS,
  ago,
  figuresOf,
  guidance,
  rowsOf,
  submit,
  visit,
} from './antenatal.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const STATISTICS = `${BASE}/statistics`;
const SPAN = `since=${ago(95).slice(0, 7)}&until=${ago(0).slice(0, 7)}`;
const month = (days: number): string => ago(days).slice(0, 7);

/** Two clinics of a county, one of another; a draft, and guidance before the span. */
async function uploads(): Promise<void> {
  const nurse = await actingAs(mch, NURSE);
  const asked = { topics_first: 'nutrients', needs_first: 'genetic_tests' };
  await submit(nurse, NURSE, RECORDS, guidance(501, ago(40), '10.0', asked));
  await submit(nurse, NURSE, RECORDS, guidance(502, ago(0), '30.0', { referral: 'smoking' }));
  await submit(nurse, NURSE, RECORDS, guidance(503, ago(0), '31.0', { referral: 'none' }));
  await send(nurse, RECORDS, NURSE, { ...guidance(504, ago(0), '32.0'), deed: 'draft' });
  await submit(nurse, NURSE, RECORDS, guidance(505, ago(200), '10.0'));
  await submit(nurse, NURSE, VISITS, visit(501, ago(45), '9.2'));
  await submit(nurse, NURSE, VISITS, visit(501, ago(40), '10.0')); // the same woman and trimester: once
  await submit(nurse, NURSE, VISITS, visit(502, ago(0), '30.0'));
  await submit(nurse, NURSE, VISITS, visit(506, ago(0), '29.0')); // nobody guided her
  await submit(nurse, NURSE, VISITS, visit(507, ago(0), '20.0')); // the second trimester
  await submit(nurse, NURSE, VISITS, visit(508, ago(200), '10.0')); // before the span
  await send(nurse, VISITS, NURSE, { ...visit(509, ago(0), '30.0'), deed: 'draft' });
  const clinic = await actingAs(mch, CLINIC);
  await submit(clinic, CLINIC, RECORDS, guidance(511, ago(0), '30.0'));
  await submit(clinic, CLINIC, VISITS, visit(511, ago(0), '30.0'));
  await submit(clinic, CLINIC, VISITS, visit(502, ago(0), '30.0')); // guided by the hospital, not here
  const away = await actingAs(mch, AWAY);
  await submit(away, AWAY, RECORDS, guidance(521, ago(0), '30.0', { residence_town: '10002010' }));
  await submit(away, AWAY, VISITS, visit(521, ago(0), '30.0'));
}

describe('statistics of guidance before birth', () => {
  beforeAll(uploads);

  it('§2.10.1: counts guidance by month, trimester, institution and county', async () => {
    const nurse = await actingAs(mch, NURSE);
    const volume = async (more: string) => rowsOf(await nurse.go(`${STATISTICS}/volume?${SPAN}&${more}`));
    expect((await volume('level=month')).map((row) => row.slice(0, 5))).toEqual([
      [month(40), '1', '1', '0', '0'],
      [month(0), '2', '0', '2', '1'],
    ]);
    expect(figuresOf(await nurse.go(`${STATISTICS}/volume?${SPAN}`))).toEqual(['3', '1', '2', '1']);
    expect((await volume('level=trimester')).map((row) => row.slice(0, 2))).toEqual([
      ['第1期（未滿 13 週）', '1'],
      ['第3期（29 週以上）', '2'],
    ]);
    const bureau = await actingAs(mch, COUNTY);
    const units = await bureau.go(`${STATISTICS}/volume?${SPAN}&level=unit`);
    expect(rowsOf(units).map((row) => row.slice(0, 2))).toEqual([
      ['示範診所', '1'],
      ['示範醫院', '3'],
    ]);
    expect(rowsOf(await bureau.go(`${STATISTICS}/volume?${SPAN}&level=county&town=10017010`))[0]?.[1]).toBe(
      '1',
    );
  });

  it('§2.10.1: counts each topic, asked for and spoken of, in its share of the trimester', async () => {
    const nurse = await actingAs(mch, NURSE);
    const rows = rowsOf(await nurse.go(`${STATISTICS}/topics?${SPAN}`));
    expect(rows).toHaveLength(16);
    const of = (topic: string) => rows.find(([name]) => name === topic)?.slice(2, 5);
    expect(of('產前遺傳檢查')).toEqual(['1', '0', '0.0 %']);
    expect(of('營養素補充')).toEqual(['0', '1', '100.0 %']);
    expect(of('早產徵兆')).toEqual(['0', '2', '100.0 %']);
    expect(of('多元友善生產')).toEqual(['0', '0', '0.0 %']);
    const empty = rowsOf(await nurse.go(`${STATISTICS}/topics?since=2001-01&until=2001-01`));
    expect(empty[0]?.slice(2, 5)).toEqual(['0', '0', '']);
  });

  it('§2.10.1: coverage is the women guided of those who came in that trimester, each once', async () => {
    const nurse = await actingAs(mch, NURSE);
    const own = await nurse.go(`${STATISTICS}/rate?${SPAN}`);
    expect(rowsOf(own).map((row) => row.slice(0, 4))).toEqual([['示範醫院', '3', '2', '66.7 %']]);
    expect(figuresOf(own)).toEqual(['3', '2', '66.7 %']);
    const bureau = await actingAs(mch, COUNTY);
    const units = await bureau.go(`${STATISTICS}/rate?${SPAN}`);
    expect(rowsOf(units).map((row) => row.slice(0, 4))).toEqual([
      ['示範診所', '2', '1', '50.0 %'],
      ['示範醫院', '3', '2', '66.7 %'],
    ]);
    const counties = await bureau.go(`${STATISTICS}/rate?${SPAN}&level=county`);
    expect(rowsOf(counties)[0]?.slice(1, 4)).toEqual(['5', '3', '60.0 %']);
    expect((await nurse.go(`${STATISTICS}/rate?level=village`)).status).toBe(422);
  });
});
