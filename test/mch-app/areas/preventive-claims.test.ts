import { type Actor, moveRecords } from '#mch/records/index.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { send } from '../support/people.ts';
import type { Page } from '../support/visitor.ts';
import {
  AGENT,
  BASE,
  BUREAU,
  CLINIC,
  CONFIRMER,
  OTHER_CLINIC,
  THERE,
  as,
  childrenIn,
  countOf,
  dayFrom,
  diagnosis,
  enter,
  exam,
  numberIn,
  referral,
  sendOn,
  versionIn,
} from './preventive-people.ts';

const CLAIMS = `${BASE}/claims`;
const THIS_MONTH = dayFrom(0).slice(0, 7);
const BONUS = '尚未申領轉介確診費用統計';
const FEE = '尚未申領轉介確診費用統計（確診費）';
const UNCLAIMED = 'state=submitted&only=unclaimed';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

/** The first day whose six months are not over. */
async function firstDayInTime(): Promise<string> {
  const [row] = await mch.database.query<{ day: string }>(
    `select min(day)::date::text as day from generate_series($1::date - 200, $1::date, '1 day') day
     where (day + interval '6 months')::date >= $1::date`,
    [dayFrom(0)],
  );
  return row?.day ?? '';
}
const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

/** A referral of long ago, and its outcome today. */
async function longAgo(serial: number, day: string): Promise<void> {
  const born = (Date.parse(dayFrom(0)) - Date.parse(day)) / 86_400_000 + 45;
  const form = { ...exam(serial), birth_at: `${dayFrom(-born)}T08:00`, exam_date: dayBefore(day) };
  const sent = await enter(
    mch,
    CLINIC,
    'referrals',
    referral(await enter(mch, CLINIC, 'exams', form), { refer_date: day }),
  );
  await enter(mch, CONFIRMER, 'diagnoses', diagnosis(sent));
}

async function claim(by: typeof CLINIC, form: Record<string, string> = {}): Promise<Page> {
  return send(await as(mch, by), CLAIMS, by, { claim_month: THIS_MONTH, ...form, deed: 'submit' });
}
async function decide(no: string, deed: string, by = AGENT): Promise<Page> {
  const visitor = await as(mch, by);
  // a page that offers no decision tells no version either
  const version = versionIn(await visitor.go(`${CLAIMS}/${no}`)) || '1';
  return send(visitor, `${CLAIMS}/${no}/${deed}`, by, { version, note: '請補附件' });
}
const amountsIn = (page: Page): string[] =>
  [...page.text.matchAll(/<dt>([^<]*(?:案數|總額)[^<]*)<\/dt><dd>([\d,]+)/g)].map(
    ([, name, value]) => `${name} ${value}`,
  );

describe('claims for referrals and diagnoses', () => {
  it('T02: count what was diagnosed within six months and not claimed, each unit its own', async () => {
    const inTime = await firstDayInTime();
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(await sendOn(mch, 101)));
    await longAgo(102, inTime);
    await longAgo(103, dayBefore(inTime));
    await enter(
      mch,
      CONFIRMER,
      'diagnoses',
      diagnosis(await sendOn(mch, 104), { diagnosis_result: 'observed', diagnosis: '' }),
    );
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(await sendOn(mch, 105)), 'draft');
    await sendOn(mch, 106);
    const theirs = await sendOn(mch, 107, {}, { by: OTHER_CLINIC, town: THERE });
    await enter(
      mch,
      CONFIRMER,
      'diagnoses',
      diagnosis(theirs, { diagnosis_result: 'excluded', diagnosis: '' }),
    );
    const twice = await sendOn(mch, 108);
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(twice));
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(twice));

    expect(await countOf(mch, CLINIC, BONUS)).toBe(3);
    expect(await childrenIn(mch, CLINIC, `${BASE}/referrals?${UNCLAIMED}`)).toEqual([101, 102, 108]);
    expect(await countOf(mch, OTHER_CLINIC, BONUS)).toBe(1);
    // the fee follows from the day of the diagnosis; of the two of one child only the first
    expect(await countOf(mch, CONFIRMER, FEE)).toBe(5);
    expect(await childrenIn(mch, CONFIRMER, `${BASE}/diagnoses?${UNCLAIMED}`)).toEqual([
      101, 102, 103, 107, 108,
    ]);
    expect(await countOf(mch, CONFIRMER, BONUS)).toBe(-1);
  });

  it('LK3: take in the month’s own, once, and lock it; the register says which', async () => {
    const lastMonth = dayFrom(-32).slice(0, 7);
    for (const month of [lastMonth, `${Number(THIS_MONTH.slice(0, 4)) + 1}-01`]) {
      expect((await claim(CLINIC, { claim_month: month })).status).toBe(422);
    }
    const page = await claim(CLINIC);
    expect(amountsIn(page)).toEqual(['轉介獎勵費案數 3', '確診費案數 0', '申領總額（元） 750']);
    for (const serial of [101, 102, 108]) expect(page.text).toContain(`健兒${serial}`);
    for (const serial of [103, 104, 105, 106, 107]) expect(page.text).not.toContain(`健兒${serial}`);
    expect(await countOf(mch, CLINIC, BONUS)).toBe(0);
    expect((await claim(CLINIC)).status).toBe(422);

    const no = numberIn(page);
    const clinic = await as(mch, CLINIC);
    const [first] = await mch.database.query<{ no: string }>(
      `select r.no::text as no from record r join child_referral x on x.record_id = r.id where x.claim_no = $1 order by r.no`,
      [no],
    );
    const item = await clinic.go(`${BASE}/referrals/${first?.no}`);
    expect(item.text).toContain('申報後鎖定');
    expect((await clinic.go(`${BASE}/referrals/${first?.no}/history`)).text).toContain('納入申領');
    const asked = await send(clinic, '/common/change-requests/entry', CLINIC, {
      category: 'child_referral',
      record: first?.no ?? '',
      phone: '02-55500100',
      email: 'nurse@example.test',
      content: '更正',
      deed: 'send',
    });
    expect(asked.status).toBe(422);

    for (const format of ['xlsx', 'ods']) {
      expect((await clinic.go(`${CLAIMS}/${no}/register?format=${format}`)).status).toBe(200);
    }
    expect((await clinic.go(`${CLAIMS}/${no}/print`)).text).toContain('申領清冊');
    for (const [at, name] of [
      [`${CLAIMS}/${no}`, '轉介確診費用申領清冊'],
      [`${BASE}/referrals/${first?.no}`, '兒童轉介單'],
    ]) {
      const paper = await clinic.ask(`${at}/pdf`);
      expect(paper.headers.get('content-type')).toBe('application/pdf');
      expect(decodeURIComponent(paper.headers.get('content-disposition') ?? '')).toContain(name);
    }
    const other = await as(mch, OTHER_CLINIC);
    expect((await other.go(`${CLAIMS}/${no}`)).status).toBe(404);
    expect((await other.go(`${CLAIMS}/${no}/register?format=xlsx`)).status).toBe(404);
    const taken = await mch.database.query<{ n: number }>(
      `select count(*)::int as n from record_export where kind = 'child-claim' and $1`,
      [true],
    );
    expect(taken[0]?.n).toBe(2);
  });

  it('LK3: given back by the national agency they are claimed anew, paid they are done; a bureau only reads', async () => {
    const [row] = await mch.database.query<{ no: string }>(
      `select no::text as no from record where kind = 'child-claim' and unit_code = $1`,
      [CLINIC.unit.code],
    );
    const no = row?.no ?? '';
    expect((await decide(no, 'approval', BUREAU)).url).toContain('done=not-possible');
    expect((await decide(no, 'return')).url).toContain('done=return');
    expect(await countOf(mch, CLINIC, BONUS)).toBe(3);
    const clinic = await as(mch, CLINIC);
    const version = versionIn(await clinic.go(`${CLAIMS}/${no}/edit`));
    const again = await send(clinic, `${CLAIMS}/${no}`, CLINIC, {
      claim_month: THIS_MONTH,
      version,
      deed: 'submit',
    });
    expect(amountsIn(again)).toEqual(['轉介獎勵費案數 3', '確診費案數 0', '申領總額（元） 750']);
    expect((await decide(no, 'approval')).url).toContain('done=approve');
    const states = await mch.database.query<{ state: string; n: number }>(
      `select r.state, count(*)::int as n from record r join child_referral x on x.record_id = r.id
       where x.claim_no = $1 group by 1`,
      [no],
    );
    expect(states).toEqual([{ state: 'paid', n: 3 }]);
  });

  it('LK3: fees need the amount of each; of twenty claims at once one takes all', async () => {
    const bare = await claim(CONFIRMER);
    expect(bare.status).toBe(422);
    expect(bare.text).toContain('請填寫「每案確診費（元）」');
    const pages = await Promise.all(Array.from({ length: 20 }, () => claim(CONFIRMER, { fee_each: '600' })));
    const done = pages.filter(({ status, url }) => status === 200 && url.includes('done=submitted'));
    expect(done).toHaveLength(1);
    expect(done[0] && amountsIn(done[0])).toEqual([
      '轉介獎勵費案數 0',
      '確診費案數 5',
      '申領總額（元） 3000',
    ]);
    const [made] = await mch.database.query<{ n: number }>(
      `select count(*)::int as n from record where kind = 'child-claim' and unit_code = $1`,
      [CONFIRMER.unit.code],
    );
    expect(made?.n).toBe(1);
    expect(await countOf(mch, CONFIRMER, FEE)).toBe(0);
  });

  it('F7: once paid, and opened for a correction all the same, are not filled anew', async () => {
    await enter(mch, CONFIRMER, 'diagnoses', diagnosis(await sendOn(mch, 109)));
    const [paid] = await mch.database.query<{ no: string }>(
      `update record set unlocked_until = now() + interval '1 day'
       where kind = 'child-claim' and state = 'approved' returning no::text as no`,
      [],
    );
    const no = paid?.no ?? '';
    const clinic = await as(mch, CLINIC);
    const refilled = await send(clinic, `${CLAIMS}/${no}`, CLINIC, {
      claim_month: THIS_MONTH,
      version: versionIn(await clinic.go(`${CLAIMS}/${no}/edit`)),
      deed: 'submit',
    });
    expect([refilled.status, refilled.text]).toEqual([409, expect.stringContaining('目前的狀態不允許')]);
    expect(amountsIn(await clinic.go(`${CLAIMS}/${no}`))).toContain('申領總額（元） 750');
    expect(await countOf(mch, CLINIC, BONUS)).toBe(1);
  });

  it('F7: take in nothing that is opened for a correction at the same moment', async () => {
    const no = await sendOn(mch, 110);
    const [opened] = await mch.database.query<{ id: string }>(
      "update record set unlocked_until = now() + interval '1 day' where no = $1 returning id",
      [no],
    );
    const { id: accountId, unit } = CLINIC;
    const actor: Actor = {
      ...{ sub: 'test', accountId, personName: '測試人員', unit },
      scope: { kind: 'own', unitCode: unit.code },
      rights: () => [],
    };
    const moved = await mch.database.db.transaction().execute((trx) =>
      moveRecords(trx, [opened?.id ?? ''], {
        from: 'submitted',
        to: 'claimed',
        deed: 'claimed',
        note: '',
        actor,
        now: new Date(),
      }),
    );
    expect(moved).toBe(0);
  });
});
