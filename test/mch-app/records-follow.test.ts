import { sql } from 'kysely';
import { Form } from '#kit/http/form.ts';
import { createKeyring } from '#kit/keyring.ts';
import {
  type Actor,
  type RecordKind,
  type RecordsDeps,
  day,
  defineRecord,
  error,
  given,
  makeRecord,
  needed,
  text,
} from '#mch/records/index.ts';
import { decide } from '#mch/records/policy.ts';
import { decideRecord } from '#mch/records/service/decide.ts';
import { judgeForm } from '#mch/records/service/read.ts';
import { saveRecord } from '#mch/records/service/save.ts';
import { findRecord, listChildren } from '#mch/records/store/envelope.ts';
import { MASTER_KEY, type Mch, startMch } from './support/mch.ts';

/** A case is made of a report; the reports of a unit are counted through. */
const CASE: RecordKind = defineRecord({
  key: 'example-case',
  path: 'child/example/cases',
  subject: 'parent',
  parent: 'example-report',
  isMade: true,
  fields: { opened_on: day() },
  serviceDay: 'opened_on',
  list: [],
});
const REPORT: RecordKind = defineRecord({
  key: 'example-report',
  path: 'child/example/reports',
  subject: 'parent',
  fields: { told_on: needed(day()), what: needed(text(20)), report_no: given(text(20)), to_unit: text(10) },
  serviceDay: 'told_on',
  assignedTo: 'to_unit',
  isReviewed: true,
  reviewedBy: 'assigned',
  list: [],
  asks: ({ what }) =>
    sql`select count(*)::int as twins from example_report where what = ${what} and report_no is not null`,
  rules: (_values, { known }) => (known['twins'] === 2 ? [error('what', 'example_thrice')] : []),
  async follows(trx, { deed, record, values, before, actor, now }) {
    if (values['what'] === 'refuse') return 'example';
    if (deed === 'approved') {
      const unit = { code: actor.unit.code, county: '63000', town: '63000010' };
      await makeRecord(trx, CASE, {
        unit,
        of: record,
        serviceOn: '2026-11-01',
        values: { opened_on: '2026-11-01' },
        actor,
        now,
      });
    }
    if (deed !== 'submitted' || before === 'submitted') return undefined;
    await sql`update example_report set report_no = 'N-' || (select count(*) from example_report
      where report_no is not null) + 1 where record_id = ${record.id}`.execute(trx);
    return undefined;
  },
});

const actorOf = (code: string): Actor => ({
  sub: 's',
  accountId: `P@${code}`,
  personName: '測試人員',
  unit: { code, name: code, county: '10017', town: '10017020' },
  scope: { kind: 'own', unitCode: code },
  rights: () => ['R', 'C', 'S'],
});
const HERE = actorOf('9876543210');
const THERE = actorOf('1132010024');

let mch: Mch;
let deps: RecordsDeps;
beforeAll(async () => {
  mch = await startMch();
  deps = {
    db: mch.database.db,
    clock: mch.clock.now,
    keyring: createKeyring(MASTER_KEY),
    kindOf: (key) => (key === CASE.key ? CASE : REPORT),
    numberOf: () => Promise.resolve(''),
    childName: (mother) => mother,
  };
  await sql`create table example_report (record_id uuid primary key, told_on date, what text, report_no text,
    to_unit text)`.execute(deps.db);
  await sql`create table example_case (record_id uuid primary key, opened_on date)`.execute(deps.db);
});
afterAll(() => mch.stop());

const judge = (what: string) =>
  judgeForm(
    deps,
    deps.db,
    REPORT,
    HERE,
    new Form(
      new URLSearchParams({ told_on: '2026-11-01', to_unit: THERE.unit.code, report_no: 'FORGED', what }),
    ),
    { record: undefined, parent: undefined, complete: true },
  );
const submit = async (what: string) =>
  saveRecord(deps, { kind: REPORT, actor: HERE, judged: await judge(what), of: undefined, submit: true });

describe('what follows from a record', () => {
  it('fills in what nobody types, and undoes all where the area refuses', async () => {
    const refused = await submit('refuse');
    expect(refused).toEqual({ done: false, reason: 'example' });
    const saved = await submit('first');
    const record = saved.done && (await findRecord(deps.db, REPORT, HERE.scope, { no: saved.no }));
    expect(record && record.values['report_no']).toBe('N-1');
    const kept = await deps.db.selectFrom('record').where('kind', '=', REPORT.key).select('id').execute();
    expect(kept).toHaveLength(1);
  });

  it('lets rules know what the kind asks of the database', async () => {
    await submit('twin');
    expect((await judge('twin')).findings).toEqual([]);
    await submit('twin');
    expect((await judge('twin')).findings).toEqual([error('what', 'example_thrice')]);
  });

  it('lets the unit a record leads to say yes, once, and makes of it what nobody may type', async () => {
    const saved = await submit('accept');
    if (!saved.done) throw new Error(saved.reason);
    const of = { no: saved.no, version: 1 };
    expect(await decideRecord(deps, REPORT, HERE, of, 'approve', '')).toEqual({
      done: false,
      reason: 'other_unit',
    });
    expect(await decideRecord(deps, REPORT, THERE, of, 'approve', '')).toEqual({ done: true });
    expect((await decideRecord(deps, REPORT, THERE, of, 'approve', '')).done).toBe(false);
    const record = await findRecord(deps.db, REPORT, HERE.scope, { no: saved.no });
    const made = await listChildren(deps.db, CASE, THERE.scope, record?.id ?? '');
    expect(made.map(({ unitCode, serviceOn }) => [unitCode, serviceOn])).toEqual([
      [THERE.unit.code, '2026-11-01'],
    ]);
    expect(made[0] && decide('edit', made[0], CASE, THERE, deps.clock())).toEqual({
      allowed: false,
      reason: 'no_right',
    });
  });
});
