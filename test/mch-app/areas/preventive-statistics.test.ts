import { type Mch, startMch } from '../support/mch.ts';
import {
  BASE,
  BUREAU,
  CLINIC,
  CONFIRMER,
  FARAWAY,
  OTHER_CLINIC,
  STATION,
  THERE,
  as,
  child,
  dayFrom,
  diagnosis,
  enter,
  exam,
  referral,
} from './preventive-people.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

const SINCE = dayFrom(-100).slice(0, 7);
const UNTIL = dayFrom(0).slice(0, 7);
const FIGURES = ['利用率（目標 80% 以上）', '健檢人次', '異常率', '轉介率', '確診率'];

async function figuresOf(by: typeof BUREAU, query: string): Promise<(string | undefined)[]> {
  const { text } = await (await as(mch, by)).go(`${BASE}/statistics?${query}`);
  return FIGURES.map((name) => text.split(`<dt>${name}</dt>`)[1]?.match(/<dd>([^<]*)/)?.[1]);
}
/** The figures of the table's lines, summed over the months. */
async function sumsOf(by: typeof BUREAU, query: string): Promise<Record<string, number>> {
  const { text } = await (await as(mch, by)).go(`${BASE}/statistics?${query}`);
  const sums: Record<string, number> = {};
  for (const [, name = '', value = ''] of text.matchAll(/<td data-label="([^"]+)"[^>]*>([\d,]+)<\/td>/g)) {
    sums[name] = (sums[name] ?? 0) + Number(value);
  }
  return sums;
}

describe('statistics of the preventive care of children', () => {
  it('count visits, what followed from them, and what was due, by hand the same', async () => {
    const old = (serial: number, more: Record<string, string>) => ({ ...child(serial, 70), ...more });
    const abnormal = { sys_heart: 'abnormal', advice: '轉介' };
    // of those born seventy days ago the first visit is over: one came, one came only for the second
    await enter(mch, CLINIC, 'exams', old(201, { visit_no: '1', exam_date: dayFrom(-25) }));
    const second = await enter(
      mch,
      CLINIC,
      'exams',
      old(202, { visit_no: '2', exam_date: dayFrom(-5), ...abnormal }),
    );
    const sent = await enter(mch, CLINIC, 'referrals', referral(second));
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(sent));
    // of those born fifty days ago it is not
    await enter(mch, CLINIC, 'exams', exam(203, abnormal));
    const normal = await enter(mch, CLINIC, 'exams', exam(204));
    const watched = await enter(mch, CLINIC, 'referrals', referral(normal, { reason_category: 'general' }));
    await enter(
      mch,
      CONFIRMER,
      'diagnoses',
      diagnosis(watched, { diagnosis_result: 'observed', diagnosis: '' }),
    );
    // drafts tell nothing, another county's child is another county's
    await enter(mch, CLINIC, 'exams', exam(205, abnormal), 'draft');
    const abroad = {
      ...OTHER_CLINIC,
      id: 'P@00000029P@mbh_01',
      unit: { ...OTHER_CLINIC.unit, code: '1102010011', county: '10002', town: '10002010' },
    };
    await enter(
      mch,
      abroad,
      'exams',
      old(206, { visit_no: '1', exam_date: dayFrom(-25), residence_town: '10002010' }),
    );

    const query = `since=${SINCE}&until=${UNTIL}`;
    expect(await figuresOf(BUREAU, query)).toEqual(['50.0 %', '4', '50.0 %', '50.0 %', '50.0 %']);
    expect(await sumsOf(BUREAU, query)).toEqual({ 健檢人次: 4, 異常人次: 2, 應健檢人次: 2, 已健檢人次: 1 });
    expect(await sumsOf(BUREAU, `${query}&side=outcome`)).toEqual({
      健檢人次: 4,
      異常人次: 2,
      異常已轉介: 1,
      轉介人次: 2,
      轉介已確診: 1,
    });
    expect(await figuresOf(FARAWAY, query)).toEqual(['100.0 %', '1', '0.0 %', '', '']);
    expect(await figuresOf(STATION, query)).toEqual(['50.0 %', '4', '50.0 %', '50.0 %', '50.0 %']);
    const otherStation = {
      ...STATION,
      id: 'P@00000030P@mbh_01',
      unit: { ...STATION.unit, code: '2311170011', town: THERE },
    };
    expect((await figuresOf(otherStation, query))[1]).toBe('');
    // other months, another county
    expect(await sumsOf(BUREAU, 'since=2020-01&until=2020-12')).toEqual({});
    expect((await figuresOf(BUREAU, `${query}&county=10002`))[1]).toBe('');
  });
});
