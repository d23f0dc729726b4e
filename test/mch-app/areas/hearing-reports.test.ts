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
  TRACKING,
  as,
  births,
  enter,
  failed,
  figureOf,
  found,
  passed,
  peopleIn,
  referred,
  start,
  stop,
  todo,
} from '../support/hearing.ts';
import { send } from '../support/people.ts';

describe('a subsidy', () => {
  beforeEach(start);
  afterEach(stop);

  it('2.10.11: is asked once for a child, by whichever hospital, however many try at once', async () => {
    const form = { ...passed(1, 20), subsidy: 'yes', deed: 'submit' };
    const nurse = await as(SCREENER);
    const pages = await Promise.all(Array.from({ length: 8 }, () => send(nurse, SCREENING, SCREENER, form)));
    expect(pages.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array<number>(7).fill(409),
    ]);
    const other = await as(CLINIC);
    const again = await send(other, SCREENING, CLINIC, {
      ...form,
      stage: 'repeat',
      screened_at: `${later(-15)}T09:00`,
    });
    expect([again.status, again.text.includes('每名以 1 次為限')]).toEqual([409, true]);
    await enter(CLINIC, SCREENING, { ...passed(1, 20), subsidy: 'no' });
  });

  it('2.10.11: is held against births and screenings of the months that are asked for', async () => {
    const month = later(-18).slice(0, 7);
    const span = `since=${month}&until=${month}`;
    await enter(SCREENER, SCREENING, { ...passed(1, 20), subsidy: 'yes' }); // as it should be
    await enter(SCREENER, SCREENING, { ...passed(2, 20), birth_unit: '', subsidy: 'yes' });
    await enter(SCREENER, SCREENING, passed(3, 20)); // nobody asked
    await enter(SCREENER, SCREENING, { ...passed(4, 20), subsidy: 'yes' }); // its birth was corrected later
    await births.bornEarlier(4, 120);
    const untested = { right_ear: 'untested', left_ear: 'untested', method: '', refusal: '家長拒絕' };
    await enter(SCREENER, SCREENING, { ...passed(5, 20), ...untested });
    await enter(SCREENER, SCREENING, { ...failed(6, 20), subsidy: 'yes' });
    await enter(SCREENER, SCREENING, { ...referred(6, 20), subsidy: 'no' }); // paid for already
    await enter(CLINIC, SCREENING, { ...passed(7, 20), residence_town: '63000010' }); // another's
    await enter(SCREENER, SCREENING, { ...passed(8, 120), subsidy: 'no' }); // another month
    const bureau = await as(BUREAU);
    const page = await bureau.go(`/child/hearing/reconciliation?${span}`);
    expect(peopleIn(page)).toEqual(['測試寶寶2', '測試寶寶3', '測試寶寶4']);
    expect([
      figureOf(page, '申請補助數'),
      figureOf(page, '補助金額（元）'),
      figureOf(page, '不符筆數'),
    ]).toEqual(['4', '2,800', '3']);
    const of = async (mismatch: string) =>
      peopleIn(await bureau.go(`/child/hearing/reconciliation?${span}&mismatch=${mismatch}`));
    expect([await of('no_birth_unit'), await of('not_claimed'), await of('late')]).toEqual([
      ['測試寶寶2'],
      ['測試寶寶3'],
      ['測試寶寶4'],
    ]);
  });
});

describe('follow-ups', () => {
  beforeEach(start);
  afterEach(stop);

  it('T22: are written by the health station where the child lives, approved or returned by the bureau', async () => {
    const screened = await enter(SCREENER, SCREENING, referred(1, 40));
    const diagnosed = await enter(CONFIRMER, DIAGNOSIS, found(screened));
    const follow = { parent: diagnosed, date: today, content: '已配戴助聽器' };
    const no = await enter(STATION, TRACKING, follow);
    await enter(STATION, TRACKING, { ...follow, content: '第二次追蹤' });
    const clerk = await as(STATION);
    await send(clerk, TRACKING, STATION, { ...follow, deed: 'draft' });
    expect((await todo(BUREAU, '聽力篩檢-追蹤紀錄待核定'))?.count).toBe(2);
    expect((await todo(FARAWAY, '聽力篩檢-追蹤紀錄待核定'))?.count).toBe(0);
    const bureau = await as(BUREAU);
    const approved = await send(bureau, `${TRACKING}/${no}/approval`, BUREAU, { version: '1', note: '同意' });
    expect(approved.text).toContain('核定即鎖定');
    expect((await todo(BUREAU, '聽力篩檢-追蹤紀錄待核定'))?.count).toBe(1);
    const again = await as(STATION);
    expect((await again.go(`${TRACKING}/${no}/edit`)).url).not.toContain('/edit');
    const stranger = await as({
      ...STATION,
      id: 'P@00000029P@mbh_01',
      unit: { ...CLINIC.unit, kind: 'health_station' },
    });
    expect((await stranger.go(`${TRACKING}/new?parent=${diagnosed}`)).status).toBe(404);
  });

  it('2.10.11: are missing where a child with hearing loss has none', async () => {
    const first = await enter(SCREENER, SCREENING, referred(1, 40));
    const second = await enter(SCREENER, SCREENING, referred(2, 40));
    const third = await enter(SCREENER, SCREENING, referred(3, 40));
    await enter(CONFIRMER, DIAGNOSIS, found(first));
    await enter(CONFIRMER, DIAGNOSIS, found(second, { left: 'normal', plan: 'observe' }));
    const followed = await enter(CONFIRMER, DIAGNOSIS, found(third));
    await enter(STATION, TRACKING, { parent: followed, date: today, content: '已追蹤' });
    const station = await as(STATION);
    expect(peopleIn(await station.go(`${DIAGNOSIS}?only=untracked`))).toEqual(['測試寶寶1']);
    expect(peopleIn(await station.go(`${DIAGNOSIS}?f_left=normal`))).toEqual(['測試寶寶2']);
  });
});

describe('statistics', () => {
  beforeEach(start);
  afterEach(stop);

  it('1-3-1-6: say by month of birth how much of screening, diagnosis, fitting and training was in time', async () => {
    const course = async (
      serial: number,
      days: number,
      of: { diagnosed?: number; fitted?: number; trained?: number },
    ) => {
      const no = await enter(SCREENER, SCREENING, referred(serial, days));
      if (of.diagnosed === undefined) return;
      const diag_date = later(-days + of.diagnosed);
      const diagnosed = await enter(CONFIRMER, DIAGNOSIS, { ...found(no), diag_date });
      if (of.fitted === undefined || of.trained === undefined) return;
      const device_date = later(-days + of.fitted);
      const intervention_start = later(-days + of.trained);
      const form = {
        parent: diagnosed,
        date: today,
        content: '追蹤',
        device: 'aid',
        device_date,
        intervention_start,
      };
      await enter(STATION, TRACKING, form);
    };
    // all of one month, 300 days ago: born on its first day
    const first = `${later(-300).slice(0, 7)}-01`;
    const days = births.daysSince(first);
    await births.born(1, days); // never screened
    await enter(SCREENER, SCREENING, passed(2, days));
    await enter(SCREENER, SCREENING, { ...passed(3, days), screened_at: `${later(-days + 40)}T09:00` }); // after a month
    await course(4, days, { diagnosed: 60, fitted: 80, trained: 150 }); // all in time
    await course(5, days, { diagnosed: 100, fitted: 140, trained: 200 }); // nothing in time but the screening
    await course(6, days, {}); // never diagnosed
    await births.born(7, days, { unit: CLINIC.unit, residence: '63000010' }); // another county's
    await births.born(8, days, { isAlive: false });
    await births.bornOn(9, later(-days - 1)); // the month before
    const bureau = await as(BUREAU);
    const month = first.slice(0, 7);
    const page = await bureau.go(`/child/hearing/statistics?since=${month}&until=${month}`);
    const cells = [...page.text.matchAll(/<t[hd][^>]*data-label="([^"]+)"[^>]*>([^<]*)/g)].map(
      ([, , text]) => text,
    );
    expect(cells).toEqual([month, '6', '5', '83.3 %', '66.7 %', '3', '33.3 %', '2', '50.0 %', '50.0 %']);
    expect(figureOf(page, '出生數')).toBe('6');
    expect(
      (await bureau.go(`/child/hearing/statistics?since=${month}&until=${month}&county=63000`)).text,
    ).toContain('<dd>0</dd>');
    const all = await bureau.go(`/child/hearing/statistics?since=${later(-days - 1).slice(0, 7)}`);
    expect(figureOf(all, '出生數')).toBe('7');
  });
});
