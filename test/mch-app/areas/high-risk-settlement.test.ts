import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { SETTLEMENT } from '#mch/areas/high-risk/kinds/settlement.ts';
import { takeInto } from '#mch/areas/high-risk/store/settlement.ts';
import { LINES, STATISTICS } from '#mch/areas/high-risk/reports.ts';
import type { Report, ReportFilters, Scope } from '#mch/records/index.ts';
import { listReport, readFigures } from '#mch/records/store/report.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { actingAs } from '../support/people.ts';
import {
  COUNTY,
  ELSEWHERE,
  HERE,
  NURSE,
  THERE,
  at,
  contact,
  decide,
  enter,
  intake,
  numberOf,
  openForCorrection,
  opened,
  submit,
  versionOf,
} from '../support/high-risk.ts';
import type { Visitor } from '../support/visitor.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

// a month that is over whatever the day, and the one before it
const [YEAR = 0, MONTH = 0] = new Date().toISOString().split('-').map(Number);
const monthOf = (ago: number): string =>
  new Date(Date.UTC(YEAR, MONTH - 1 - ago, 15)).toISOString().slice(0, 7);
const LAST = monthOf(2);
const BEFORE = monthOf(3);
const on = (day: string, month = LAST): string => `${month}-${day}`;
const began = { intake_date: on('01'), consent_date: on('01') };
const batch = (month = LAST) => ({
  month,
  price_intake: '500',
  price_contact: '200',
  price_home_visit: '700',
  price_postpartum: '300',
});
const told = (day: string, more: Record<string, string> = {}) =>
  contact({ contact_date: on(day), next_date: on('28'), content: `第 ${day} 日聯繫紀錄`, ...more });

const OWN: Scope = { kind: 'own', unitCode: HERE.unit.code };
const rowsOf = async (report: Report, filters: ReportFilters, scope: Scope = OWN) =>
  (await listReport(mch.database.db, report, { scope, filters, today: on('28') }, {}, 100)).rows;
const batchOf = async (no: string) => {
  const [row] = await mch.database.query<Record<string, unknown>>(
    `select r.state, s.qty_intake, s.qty_contact, s.qty_home_visit, s.qty_postpartum, s.amount from record r
     join hr_settlement s on s.record_id = r.id where r.no = $1`,
    [no],
  );
  return row;
};
const stateOf = async (no: string): Promise<string | undefined> =>
  (await mch.database.query<{ state: string }>('select state from record where no = $1', [no]))[0]?.state;

/** A case with something of everything, at both ends of the month. */
async function aMonth(nurse: Visitor, serial: number) {
  const held = await opened(mch, nurse, serial, began);
  const parent = { parent: held.no };
  const first = await enter(nurse, HERE, 'contacts', told('01', parent));
  await enter(nurse, HERE, 'contacts', told('27', { ...parent, contact_mode: 'home' }));
  // what did not come about, what is a draft, what another unit did, what is of another month
  await enter(nurse, HERE, 'contacts', told('03', { ...parent, contact_result: 'absent' }));
  await nurse.go(at('contacts'), { form: { acting: HERE.id, ...told('04', parent), deed: 'draft' } });
  const postpartum = await enter(nurse, HERE, 'postpartum', { ...parent, assess_date: on('20') });
  return { held, parent, first, postpartum };
}

describe('settlements', () => {
  it('claim what a unit did in a month, once; after birth only with a day of delivery', async () => {
    const nurse = await actingAs(mch, HERE);
    const early = { intake_date: on('28', BEFORE), consent_date: on('28', BEFORE) };
    const old = await opened(mch, nurse, 199, early);
    await enter(nurse, HERE, 'contacts', contact({ parent: old.no, contact_date: on('28', BEFORE) }));
    const { held, parent, first, postpartum } = await aMonth(nurse, 200);
    const station = await actingAs(mch, NURSE);
    await enter(station, NURSE, 'contacts', told('10', parent));

    const here = await actingAs(mch, HERE);
    const asked = await here.go(at('settlement'), { form: { acting: HERE.id, ...batch(), deed: 'submit' } });
    expect(asked.status).toBe(422);
    expect(asked.text).toContain('有 1 筆產後評估尚無生產日期');
    const no = await enter(here, HERE, 'settlement', batch());
    expect(await batchOf(no)).toEqual({
      state: 'submitted',
      qty_intake: 1,
      qty_contact: 1,
      qty_home_visit: 1,
      qty_postpartum: 0,
      amount: 1400,
    });
    expect([await stateOf(first), await stateOf(postpartum)]).toEqual(['claimed', 'submitted']);
    expect((await here.go(at('contacts', first))).text).toContain('申報');

    // sent back, all is free again; then with the day of delivery in it
    const bureau = await actingAs(mch, COUNTY);
    expect((await decide(bureau, COUNTY, 'settlement', no, 'return', 1)).url).toContain('done=return');
    expect(await stateOf(first)).toBe('submitted');
    const again = await actingAs(mch, HERE);
    await enter(again, HERE, 'delivery', {
      parent: held.no,
      delivery_date: on('20'),
      gest_days: '36.6',
      born_count: '1',
    });
    const resent = await again.go(at('settlement', no), {
      form: { acting: HERE.id, ...batch(), version: '2', deed: 'submit' },
    });
    expect(resent.url).toContain('done=submitted');
    expect(await batchOf(no)).toMatchObject({ qty_postpartum: 1, amount: 1700 });

    const lines = await rowsOf(LINES, { since: LAST, until: LAST });
    expect(lines.map((row) => [row['item'], row['done_on'], row['case_no'], row['price']])).toEqual([
      ['contact', on('01'), held.case_no, 200],
      ['home_visit', on('27'), held.case_no, 700],
      ['intake', on('01'), held.case_no, 500],
      ['postpartum', on('20'), held.case_no, 300],
    ]);
    expect(await rowsOf(LINES, { since: BEFORE, until: BEFORE })).toEqual([]);
    expect(await rowsOf(LINES, { since: LAST, until: LAST }, { ...OWN, unitCode: THERE.unit.code })).toEqual(
      [],
    );

    const far = await actingAs(mch, ELSEWHERE);
    expect((await far.go(at('settlement', no))).status).toBe(404);
    const last = await actingAs(mch, COUNTY);
    expect((await decide(last, COUNTY, 'settlement', no, 'approval', 3)).url).toContain('done=approve');
    expect([await stateOf(no), await stateOf(first), await stateOf(postpartum)]).toEqual([
      'approved',
      'paid',
      'paid',
    ]);
    // opened for a correction all the same, what has been paid is not filled anew
    const own = await actingAs(mch, HERE);
    await openForCorrection(mch, no);
    const refilled = await own.go(at('settlement', no), {
      form: { acting: HERE.id, ...batch(BEFORE), version: String(await versionOf(mch, no)), deed: 'submit' },
    });
    expect([refilled.status, refilled.text]).toEqual([409, expect.stringContaining('目前的狀態不允許')]);
    expect(await batchOf(no)).toMatchObject({ state: 'approved', amount: 1700 });
    expect(await stateOf(first)).toBe('paid');
    expect((await submit(own, HERE, 'settlement', batch())).status).toBe(422);
    // the month before has its own intake and contact, and is claimed apart
    expect(await batchOf(await enter(own, HERE, 'settlement', batch(BEFORE)))).toMatchObject({
      qty_intake: 1,
      qty_contact: 1,
      qty_home_visit: 0,
      qty_postpartum: 0,
      amount: 700,
    });
  });

  it('take each record once, however many batches are sent at once', async () => {
    const there = await actingAs(mch, THERE);
    const mine = { ...began, assigned_unit: THERE.unit.code };
    const page = await submit(there, THERE, 'intake', intake(210, mine));
    expect(page.status).toBe(200);
    const pages = await Promise.all(
      Array.from({ length: 20 }, () => submit(there, THERE, 'settlement', batch())),
    );
    expect(pages.filter((one) => one.status === 200 && numberOf(one) !== '')).toHaveLength(1);
    const kept = await mch.database.query(
      `select 1 from record where kind = '${SETTLEMENT.key}' and unit_code = $1`,
      [THERE.unit.code],
    );
    expect(kept).toHaveLength(1);
  });
});

describe('statistics', () => {
  it('count by the month of the intake who was taken in, visited, delivered early, referred', async () => {
    // of the tests above: one case in the month before, one in the last month with 3 contacts of which one did not
    // come about and one more of the station, one visit, one delivery at 36.6; and one of another unit
    const nurse = await actingAs(mch, HERE);
    const no = { ...began, enrolled: 'no', not_enrolled_reason: '不符合條件', criteria: 'drinking' };
    await enter(nurse, HERE, 'intake', intake(220, no));
    await nurse.go(at('intake'), { form: { acting: HERE.id, ...intake(221, began), deed: 'draft' } });
    const held = await opened(mch, nurse, 222, { ...began, criteria: 'drinking' });
    await enter(nurse, HERE, 'delivery', {
      parent: held.no,
      delivery_date: on('25'),
      gest_days: '37.0',
      born_count: '1',
    });
    await enter(nurse, HERE, 'referrals', {
      parent: held.no,
      ref_date: on('02'),
      target: 'welfare',
      reason: '經濟',
    });
    await enter(nurse, HERE, 'referrals', {
      parent: held.no,
      ref_date: on('03'),
      target: 'medical',
      reason: '血壓',
    });

    const asked = { since: BEFORE, until: LAST };
    const rows = await rowsOf(STATISTICS, asked);
    expect(rows).toMatchObject([
      {
        month: BEFORE,
        intakes: 1,
        enrolled: 1,
        enrolled_rate: 1,
        contacts: 1,
        done_rate: 1,
        visited_rate: 0,
      },
      {
        month: LAST,
        intakes: 3,
        enrolled: 2,
        enrolled_rate: 2 / 3,
        contacts: 4,
        done_rate: 3 / 4,
        visited_rate: 1 / 2,
        deliveries: 2,
        preterm_rate: 1 / 2,
        referred_rate: 1 / 2,
      },
    ]);
    expect(rows[0]).toMatchObject({ deliveries: 0, preterm_rate: null, referred_rate: 0 });
    const asking = { scope: OWN, filters: asked, today: on('28') };
    expect(await readFigures(mch.database.db, STATISTICS, asking)).toMatchObject({
      intakes: 4,
      enrolled_rate: 3 / 4,
    });
    const drinking = await rowsOf(STATISTICS, { ...asked, criteria: 'drinking' });
    expect(drinking).toMatchObject([{ month: LAST, intakes: 2, enrolled: 1, contacts: 0, done_rate: null }]);
    const county = (code: string): Scope => ({ kind: 'county', unitCode: COUNTY.unit.code, county: code });
    expect(await rowsOf(STATISTICS, asked, county('10017'))).toMatchObject([{ intakes: 1 }, { intakes: 4 }]);
    expect(await rowsOf(STATISTICS, asked, county('10002'))).toEqual([]);
    expect(
      await rowsOf(STATISTICS, { ...asked, county: '63000' }, { kind: 'nation', unitCode: 'A' }),
    ).toEqual([]);
    expect(await rowsOf(STATISTICS, { since: monthOf(5), until: monthOf(4) })).toEqual([]);
  });
});

describe('settlements while something is opened', () => {
  it('F7: take nothing that is opened for a correction at the same moment', async () => {
    const there = await actingAs(mch, THERE);
    const no = numberOf(
      await submit(there, THERE, 'intake', intake(211, { ...began, assigned_unit: THERE.unit.code })),
    );
    const { db } = mch.database;
    const batchId = randomUUID();
    const waiting = async (): Promise<boolean> =>
      (await mch.database.query('select 1 from pg_locks where not granted', [])).length > 0;
    const taken = await db.transaction().execute(async (trx) => {
      await sql`update record set unlocked_until = now() + interval '1 day' where no = ${no}`.execute(trx);
      const other = db
        .transaction()
        .execute((its) => takeInto(its, batchId, { unitCode: THERE.unit.code, month: LAST }));
      while (!(await waiting())); // until the other one stands before the lock
      return { other };
    });
    expect(await taken.other).toBe(0);
    await mch.database.query('update record set unlocked_until = null where no = $1', [no]);
    const page = await there.go(at('settlement'), { form: { acting: THERE.id, ...batch(), deed: 'submit' } });
    expect(await batchOf(numberOf(page))).toMatchObject({ qty_intake: 1 });
  });
});
