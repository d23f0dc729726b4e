import { type Mch, startMch } from '../support/mch.ts';
import {
  BASE,
  BUREAU,
  CENTRE,
  CLINIC,
  CONFIRMER,
  FARAWAY,
  OTHER_CLINIC,
  STATION,
  THERE,
  childrenIn,
  countOf,
  dayFrom,
  diagnosis,
  enter,
  sendOn,
} from './preventive-people.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('what waits in the preventive care of children', () => {
  it('T01: counts grave referrals of yesterday and before of which nothing was found, each unit its own', async () => {
    await sendOn(mch, 1);
    await sendOn(mch, 2, { refer_date: dayFrom(0) });
    await sendOn(mch, 3, {}, { deed: 'draft' });
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(await sendOn(mch, 4)));
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(await sendOn(mch, 5)), 'draft');
    await sendOn(mch, 6, { reason_category: 'general' });
    const elsewhere = { by: OTHER_CLINIC, town: THERE };
    await sendOn(mch, 7, { to_unit: '0401180014' }, elsewhere);

    const label = '重大疾病已轉介未確診統計';
    const list = `${BASE}/referrals?state=submitted&only=major_undiagnosed`;
    for (const [by, waiting] of [
      [CLINIC, [1, 5]],
      [CONFIRMER, [1, 5]],
      [STATION, [1, 5]],
      [OTHER_CLINIC, [7]],
      [BUREAU, [1, 5, 7]],
      [FARAWAY, []],
    ] as const) {
      expect([by.id, await countOf(mch, by, label)]).toEqual([by.id, waiting.length]);
      expect(await childrenIn(mch, by, list)).toEqual([...waiting]);
    }
    expect(await countOf(mch, CENTRE, label)).toBe(-1);
  });

  it('T21: counts referrals for development of more than thirty days ago without an assessment', async () => {
    const delay = { reason_category: 'delay', destination: 'centre', to_centre: CENTRE.unit.code };
    await sendOn(mch, 11, { ...delay, refer_date: dayFrom(-31) });
    await sendOn(mch, 12, { ...delay, refer_date: dayFrom(-30) });
    await sendOn(mch, 13, { ...delay, refer_date: dayFrom(-31) }, { deed: 'draft' });
    const assessed = await sendOn(mch, 14, { reason_category: 'delay', refer_date: dayFrom(-31) });
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(assessed));
    await sendOn(mch, 15, { refer_date: dayFrom(-40) });
    await sendOn(mch, 16, { reason_category: 'delay', refer_date: dayFrom(-32) });

    const label = '發展異常已轉介未評估';
    const list = `${BASE}/referrals?state=submitted&only=delay_unassessed`;
    for (const [by, waiting] of [
      [CLINIC, [11, 16]],
      [CENTRE, [11]],
      [BUREAU, [11, 16]],
      [FARAWAY, []],
      [OTHER_CLINIC, []],
    ] as const) {
      expect([by.id, await countOf(mch, by, label)]).toEqual([by.id, waiting.length]);
      expect(await childrenIn(mch, by, list)).toEqual([...waiting]);
    }
    expect(await countOf(mch, CONFIRMER, label)).toBe(-1);
  });

  it('T22: counts follow-ups that wait for their bureau, where it approves them', async () => {
    const track = (parent: string, more: Record<string, string> = {}) => ({
      parent,
      track_date: dayFrom(0),
      mode: 'phone',
      findings: '已聯絡',
      child_status: 'attended',
      ...more,
    });
    const [first, second, third] = [await sendOn(mch, 21), await sendOn(mch, 22), await sendOn(mch, 23)];
    await enter(mch, STATION, 'tracking', track(first));
    await enter(mch, STATION, 'tracking', track(second), 'draft');
    await enter(mch, STATION, 'tracking', track(third));
    const label = '追蹤紀錄待核定（兒童預防保健）';
    const list = `${BASE}/tracking-approval?state=submitted`;
    expect(await countOf(mch, BUREAU, label)).toBe(2);
    expect(await childrenIn(mch, BUREAU, list)).toEqual([21, 23]);
    expect(await countOf(mch, FARAWAY, label)).toBe(0);
    expect(await childrenIn(mch, FARAWAY, list)).toEqual([]);
    expect(await countOf(mch, STATION, label)).toBe(-1);
    expect(await countOf(mch, CLINIC, label)).toBe(-1);
  });

  it('F: a hospital finds nothing that was not sent to it, a station nothing of another township', async () => {
    const theirs = await sendOn(mch, 31, { to_unit: '0401180014' }, { by: OTHER_CLINIC, town: THERE });
    for (const by of [CLINIC, CONFIRMER, STATION, FARAWAY]) {
      expect(await childrenIn(mch, by, `${BASE}/referrals?person=健兒31`)).toEqual([]);
      await expect(enter(mch, by, 'tracking', { parent: theirs })).rejects.toThrow(/40[34]/);
      await expect(enter(mch, by, 'diagnoses', diagnosis(theirs))).rejects.toThrow(/40[34]/);
    }
    expect(await childrenIn(mch, BUREAU, `${BASE}/referrals?person=健兒31`)).toEqual([31]);
  });
});
