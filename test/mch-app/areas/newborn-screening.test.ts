import { newbornScreening } from '#mch/areas/newborn-screening/index.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { areaContract } from './contract.ts';
import {
  AREA,
  BUREAU,
  CENTER,
  CENTERS_BUREAU,
  CENTER_2,
  COLLECTOR,
  CONFIRMING,
  OTHER,
  STATION,
  Ward,
  at,
  birthOf,
  day,
  findingOf,
  findingsOf,
  waiting,
} from './newborn/ward.ts';

let mch: Mch;
let ward: Ward;
beforeAll(async () => {
  mch = await startMch();
  ward = new Ward(mch);
});
afterAll(() => mch.stop());

const positive = {
  ...findingOf('confirm', 0),
  received_date: day(0),
  notified_at: at(0, '00:00'),
};

describe('child/newborn-screening', () => {
  areaContract(newbornScreening, () => mch, {
    'nbs-birth': { not_screened_reason: '' },
    'nbs-specimen': { consent: 'yes', mailed_date: day(0), collected_at: at(-1) },
    'nbs-lab': { ...positive, report_date: day(0) },
    'nbs-repeat': { recall_date: day(0), recall_result: 'lost' },
    'nbs-referral': { refer_date: day(0) },
    'nbs-diagnosis': { diag_date: day(0), disease: 'pku', icd10: 'E70.0', treatment_start: day(0) },
  });
});

describe('newborn screening from birth to follow-up', () => {
  it('M-05: goes from the hospital to its centre, back, on to the confirming hospital, and is seen where the child is', async () => {
    const birth = await ward.birth(101, -12, { residence_town: '63000010' });
    const specimen = await ward.specimen(birth, -9);
    const specimens = `${AREA}/specimens/${specimen}`;
    expect((await (await ward.as(CENTER)).go(specimens)).text).toContain('測試母101號之子／女');
    for (const who of [CENTER_2, OTHER]) expect((await (await ward.as(who)).go(specimens)).status).toBe(404);
    expect((await (await ward.as(CONFIRMING)).go(specimens)).status).toBe(403);
    // the hospital writes no findings, the centre no specimens
    expect((await ward.send(COLLECTOR, 'lab', { parent: specimen, ...findingOf('normal', -5) })).status).toBe(
      403,
    );
    expect((await ward.send(CENTER, 'specimens', { parent: birth, ...ward.specimenOf(-9) })).status).toBe(
      403,
    );
    expect((await ward.send(CENTER_2, 'lab', { parent: specimen, ...findingOf('normal', -5) })).status).toBe(
      404,
    );

    const lab = `${AREA}/lab/${await ward.finding(specimen, 'confirm', -5)}`;
    const seen = await (await ward.as(COLLECTOR)).go(lab);
    expect(seen.text).toContain('苯酮尿症（PKU）');
    expect(seen.text).toContain('轉介登錄');
    const paper = await (await ward.as(COLLECTOR)).go(`${lab}/pdf`);
    expect([paper.status, paper.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect((await (await ward.as(CENTER_2)).go(`${lab}/pdf`)).status).toBe(404);
    expect((await (await ward.as(STATION)).go(lab)).status).toBe(200);
    expect((await (await ward.as(BUREAU)).go(lab)).status).toBe(200);
    // of a child that lives there; the centre’s own county alone would not do
    expect((await (await ward.as(CENTERS_BUREAU)).go(lab)).status).toBe(200);
    const [elsewhere] = [await ward.specimen(await ward.birth(102, -12), -9)];
    const other = await ward.finding(elsewhere, 'normal', -5);
    expect((await (await ward.as(CENTERS_BUREAU)).go(`${AREA}/lab/${other}`)).status).toBe(404);

    const referral = await ward.referral(lab.split('/').at(-1) ?? '', -4);
    const again = { refer_date: day(-4), referred_to: OTHER.unit.code, suspected: 'pku' };
    const twice = await ward.send(COLLECTOR, 'diagnosis/referrals', {
      parent: lab.split('/').at(-1) ?? '',
      ...again,
    });
    expect(twice.text).toContain('此檢驗結果已轉介過');
    const page = await (await ward.as(CONFIRMING)).go(`${AREA}/diagnosis/results/new?parent=${referral}`);
    expect(page.text).toContain('苯酮尿症（PKU）');
    const result = await ward.diagnosis(referral, 'confirmed', -1);
    expect((await (await ward.as(CENTER)).go(`${AREA}/diagnosis/results/${result}`)).text).toContain('E70.0');
    expect((await (await ward.as(OTHER)).go(`${AREA}/diagnosis/results/${result}`)).status).toBe(404);
  });

  it('§2.10.10 births: a child once, its register of births filled in, the receiving hospital takes the specimen', async () => {
    const form = { ...birthOf(111, -4), not_screened_reason: 'transferred', transfer_unit: OTHER.unit.code };
    const pages = await Promise.all(Array.from({ length: 20 }, () => ward.send(COLLECTOR, 'births', form)));
    const taken = pages.filter(({ status }) => status === 200);
    expect([taken.length, pages.filter(({ status }) => status === 409).length]).toEqual([1, 19]);
    const [row] = await mch.database.query<{ unit_code: string; birth_weight: number; is_alive: boolean }>(
      `select b.unit_code, b.birth_weight, b.is_alive from birth b join patient p on p.id = b.child_id
       where p.name = $1 and b.registered_at is not null`,
      ['測試母111號之子／女'],
    );
    expect(row).toEqual({ unit_code: COLLECTOR.unit.code, birth_weight: 3050, is_alive: true });
    const no = /\/(\d+)(?:\?|$)/.exec(taken[0]?.url ?? '')?.[1] ?? '';
    expect(Number(await ward.specimen(no, -1, {}, OTHER))).toBeGreaterThan(0);
  });

  it('F7: a card is one specimen’s in the country, however many are submitted at once', async () => {
    const births = await Promise.all(Array.from({ length: 6 }, (_, child) => ward.birth(120 + child, -5)));
    const form = { ...ward.specimenOf(-2), filter_card_no: 'SAMECARD01' };
    const pages = await Promise.all(
      births.flatMap((parent) => [1, 2, 3].map(() => ward.send(COLLECTOR, 'specimens', { parent, ...form }))),
    );
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(pages.every(({ status }) => [200, 409, 422].includes(status))).toBe(true);
    const again = await ward.send(COLLECTOR, 'specimens', { parent: births[5] ?? '', ...form });
    expect(findingsOf(again)).toContain('此採血卡號已用於其他檢體');
  });

  it('§2.10.10 specimens: numbers follow one another, and a repeat names the card of the next', async () => {
    const birth = await ward.birth(131, -14);
    const gap = await ward.send(COLLECTOR, 'specimens', { parent: birth, ...ward.specimenOf(-12), seq: '2' });
    expect(findingsOf(gap)).toContain('查無前一序次的檢體');
    const finding = await ward.finding(await ward.specimen(birth, -12), 'repeat', -9);
    const repeat = {
      parent: finding,
      recall_date: day(-8),
      recall_result: 'resampled',
      next_card_no: 'NEXT000001',
    };
    expect(findingsOf(await ward.send(COLLECTOR, 'repeat', repeat))).toContain('查無此新生兒下一序次的檢體');
    await ward.specimen(birth, -8, { seq: '2', filter_card_no: 'NEXT000001', subsidy_type: 'none' });
    const page = await ward.send(COLLECTOR, 'repeat', repeat);
    expect(page.text).toContain('NEXT000001');
    const early = await ward.send(COLLECTOR, 'specimens', {
      parent: birth,
      ...ward.specimenOf(-13),
      collected_at: at(-13, '07:59'),
      mailed_date: '',
    });
    expect(findingsOf(early)).toContain('未滿 24 小時');
  });

  it('T22, SM-14: the station’s word is approved by its bureau, once, and locked for both (LK2)', async () => {
    const birth = await ward.birth(141, -9);
    const before = await waiting(mch, BUREAU, '新生兒篩檢追蹤紀錄待核定');
    const form = {
      tracked_on: day(-1),
      mode: 'phone',
      status: 'not_seen',
      content: '已電話聯繫家長，約定回院採檢。',
    };
    const no = await ward.done(STATION, 'tracking', { parent: birth, ...form });
    await ward.done(STATION, 'tracking', { parent: birth, ...form, deed: 'draft' });
    expect(await waiting(mch, BUREAU, '新生兒篩檢追蹤紀錄待核定')).toBe((before ?? 0) + 1);
    expect(await waiting(mch, CENTERS_BUREAU, '新生兒篩檢追蹤紀錄待核定')).toBe(0);
    const path = `tracking/${no}/approval`;
    expect((await ward.send(STATION, path, { version: '1' })).url).toContain('not-possible');
    expect((await ward.send(COLLECTOR, path, { version: '1' })).status).toBe(403);
    expect((await ward.send(CENTERS_BUREAU, path, { version: '1' })).status).toBe(404);
    const pages = await Promise.all(
      Array.from({ length: 5 }, () => ward.send(BUREAU, path, { version: '1' })),
    );
    expect(pages.filter(({ url }) => url.includes('done=approve'))).toHaveLength(1);
    const approved = await (await ward.as(STATION)).go(`${AREA}/tracking/${no}`);
    expect(approved.text).toContain('核定');
    expect(approved.text).not.toContain(`/tracking/${no}/edit`);
    expect(await waiting(mch, BUREAU, '新生兒篩檢追蹤紀錄待核定')).toBe(before);
  });
});
