import { hearing } from '#mch/areas/hearing/index.ts';
import type { OpAccount } from '../support/fake-op.ts';
import { later, today } from '../support/births.ts';
import {
  BUREAU,
  CLINIC,
  CONFIRMER,
  DIAGNOSIS,
  FARAWAY,
  SCREENER,
  SCREENING,
  STATION,
  as,
  births,
  enter,
  failed,
  found,
  mch,
  passed,
  peopleIn,
  referred,
  start,
  stop,
  todo,
} from '../support/hearing.ts';
import { HOSPITAL } from '../support/mch.ts';
import { send } from '../support/people.ts';
import { areaContract } from './contract.ts';

describe('child/hearing', () => {
  beforeAll(start);
  afterAll(stop);
  areaContract(hearing, () => mch, {
    'hearing-screening': {
      stage: 'repeat',
      left_ear: 'fail',
      screened_at: `${later(-20)}T08:00`,
      refer_to: HOSPITAL.unit.code,
    },
    'hearing-diagnosis': { left: 'moderate', abr_left: '45' },
    'hearing-tracking': { device_date: today, intervention_start: today, date: today },
  });
});

describe('children who were not screened', () => {
  beforeEach(start);
  afterEach(stop);

  it('T03: are those of the unit older than three days and younger than three months, as the list shows them', async () => {
    await births.born(1, 4);
    await births.born(2, 3); // too young
    await births.bornOn(3, births.monthsAgo(3)); // too old
    await births.bornOn(4, births.dayAfter(births.monthsAgo(3)));
    await births.born(5, 10, { unit: CLINIC.unit }); // another's
    await births.born(6, 10); // screened
    await births.born(7, 10); // a draft is no screening
    await births.born(8, 10, { isAlive: false });
    await births.born(9, 10, { unit: CLINIC.unit, residence: '10017020' }); // lives in the county
    await births.born(10, 10); // refused
    await enter(SCREENER, SCREENING, passed(6, 10));
    const refusal = { right_ear: 'untested', left_ear: 'untested', method: '', refusal: '家長拒絕' };
    await enter(SCREENER, SCREENING, { ...passed(10, 10), ...refusal });
    const clerk = await as(SCREENER);
    await send(clerk, SCREENING, SCREENER, { ...passed(7, 10), deed: 'draft' });

    const label = '聽力篩檢-未篩檢資料清單';
    expect(await todo(SCREENER, label)).toEqual({
      count: 3,
      people: ['測試寶寶1', '測試寶寶4', '測試寶寶7'],
    });
    expect(await todo(BUREAU, label)).toEqual({
      count: 4,
      people: ['測試寶寶1', '測試寶寶4', '測試寶寶7', '測試寶寶9'],
    });
    expect((await todo(STATION, label))?.count).toBe(4);
    expect(await todo(CLINIC, label)).toEqual({ count: 2, people: ['測試寶寶5', '測試寶寶9'] });
    expect((await todo(FARAWAY, label))?.count).toBe(0);
    expect(await todo(CONFIRMER, label)).toBeUndefined();
  });

  it('2.10.11: can be looked for by any day of birth', async () => {
    await births.born(1, 4);
    await births.born(2, 1);
    await births.born(3, 400);
    const nurse = await as(SCREENER);
    const of = async (query: string) => peopleIn(await nurse.go(`/child/hearing/unscreened?${query}`));
    expect(await of(`to=${today}`)).toEqual(['測試寶寶1', '測試寶寶2']);
    expect(await of(`from=${later(-400)}&to=${later(-400)}`)).toEqual(['測試寶寶3']);
    expect((await nurse.go('/child/hearing/unscreened?from=2026-02-30')).status).toBe(422);
  });

  it('2.10.11: lead whoever screens to the form filled in for that child, and nobody else', async () => {
    const id = await births.born(1, 4);
    const url = `${SCREENING}/new?child=${id}`;
    const nurse = await as(SCREENER);
    expect((await nurse.go('/child/hearing/unscreened')).text).toContain(
      `child=${id}`.replace('=', '&#x3D;'),
    );
    const form = await nurse.go(url);
    for (const text of ['測試寶寶1', births.mother(1).mother_id_no, HOSPITAL.unit.code]) {
      expect(form.text).toContain(text);
    }
    const looks = await mch.database.db.selectFrom('patient_access').selectAll().execute();
    expect(looks).toMatchObject([{ patient_id: id, account_id: SCREENER.id, deed: 'find' }]);
    const other = await as(CLINIC);
    expect((await other.go(url)).status).toBe(404);
    const bureau = await as(BUREAU);
    expect((await bureau.go('/child/hearing/unscreened')).text).not.toContain('登錄篩檢');
    expect((await bureau.go(url)).status).toBe(403);
  });
});

describe('children who failed and were not diagnosed', () => {
  beforeEach(start);
  afterEach(stop);

  const T04 = '聽力篩檢-已篩檢未確診資料清單';
  const T05 = '聽力確檢-已篩檢未確診資料清單';

  it('T04 T05: are those whose last screening failed: the screening unit’s, and those referred to the confirming one', async () => {
    await enter(SCREENER, SCREENING, failed(1, 30)); // not screened again
    await enter(SCREENER, SCREENING, failed(2, 30));
    await enter(SCREENER, SCREENING, {
      ...passed(2, 30),
      stage: 'repeat',
      screened_at: `${later(-26)}T09:00`,
    }); // passed
    await enter(SCREENER, SCREENING, failed(3, 30));
    await enter(SCREENER, SCREENING, referred(3, 30));
    const fourth = await enter(SCREENER, SCREENING, referred(4, 30)); // diagnosed below
    const fifth = await enter(SCREENER, SCREENING, referred(5, 30)); // a draft of a diagnosis is none
    await enter(SCREENER, SCREENING, { ...referred(6, 30), refer_to: HOSPITAL.unit.code }); // to another
    await enter(CLINIC, SCREENING, referred(7, 30)); // another's
    await enter(SCREENER, SCREENING, passed(8, 30));
    const clerk = await as(SCREENER);
    await send(clerk, SCREENING, SCREENER, { ...referred(9, 30), deed: 'draft' });
    await enter(SCREENER, SCREENING, referred(10, 30)); // what was broken off later leaves that one the last
    const off = { left_ear: 'untested', refer_to: '', screened_at: `${later(-20)}T09:00` };
    await enter(SCREENER, SCREENING, { ...referred(10, 30), ...off });
    await enter(CONFIRMER, DIAGNOSIS, found(fourth));
    const doctor = await as(CONFIRMER);
    await send(doctor, DIAGNOSIS, CONFIRMER, { ...found(fifth), deed: 'draft' });

    const ours = await todo(SCREENER, T04);
    expect(ours?.count).toBe(5);
    expect(ours?.people).toEqual(['測試寶寶1', '測試寶寶3', '測試寶寶5', '測試寶寶6', '測試寶寶10']);
    const theirs = await todo(CONFIRMER, T05);
    expect(theirs?.count).toBe(4);
    expect(theirs?.people).toEqual(['測試寶寶3', '測試寶寶5', '測試寶寶7', '測試寶寶10']);
    expect(await todo(CONFIRMER, T04)).toBeUndefined();
    expect(await todo(BUREAU, T05)).toBeUndefined();

    const of = async (account: OpAccount, query: string) =>
      peopleIn(await (await as(account)).go(`/child/hearing/undiagnosed?${query}`));
    expect(await of(SCREENER, 'stage=first')).toEqual(['測試寶寶1']);
    expect(await of(SCREENER, `from=${later(-29)}`)).toEqual([]);
    expect((await of(SCREENER, `from=${later(-30)}&to=${later(-30)}`)).length).toBe(5);
    expect((await of(BUREAU, '')).length).toBe(6);
    expect(await of(FARAWAY, '')).toEqual([]);
  });

  it('2.10.11: are worked on by the hospital they are referred to, under its own account', async () => {
    const no = await enter(SCREENER, SCREENING, referred(1, 30));
    const doctor = await as(CONFIRMER);
    expect((await doctor.go('/child/hearing/undiagnosed')).text).toContain('登錄確診');
    expect((await doctor.go(`${SCREENING}/${no}`)).text).toContain('測試寶寶1');
    expect((await doctor.go(`${SCREENING}/${no}/edit`)).status).toBe(403);
    expect((await doctor.go(`${DIAGNOSIS}/new?parent=${no}`)).text).toContain('測試寶寶1');
    const stranger = await as({ ...CONFIRMER, id: 'P@00000027P@mbh_01', unit: CLINIC.unit });
    expect((await stranger.go(`${SCREENING}/${no}`)).status).toBe(404);
    expect((await stranger.go(`${DIAGNOSIS}/new?parent=${no}`)).status).toBe(404);
    const both = {
      ...SCREENER,
      id: 'P@00000028P@mbh_01',
      menu_roles: ['mi_hearing_screen', 'mi_hearing_confirm'],
    };
    const self = await as(both);
    const refused = await send(self, DIAGNOSIS, both, { ...found(no), deed: 'submit' });
    expect([refused.status, refused.text.includes('未轉介至本單位')]).toEqual([422, true]);
    const diagnosed = await enter(CONFIRMER, DIAGNOSIS, found(no));
    expect((await (await as(CLINIC)).go(`${DIAGNOSIS}/${diagnosed}`)).status).toBe(403);
    const twice = await send(await as(CONFIRMER), DIAGNOSIS, CONFIRMER, {
      ...found(no),
      deed: 'submit',
    });
    expect(twice.status).toBe(409);
  });
});
