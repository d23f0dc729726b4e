import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { migrate } from '#db/migrate.ts';
import { mchMigrations } from '#db/mch/migrations.ts';
import { type Actor, type Area, type Report, todosOf } from '#mch/records/index.ts';
import { countTodos } from '#mch/todos/index.ts';
import { HOSPITAL, type Mch, startMch } from './support/mch.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

/** Days of the calendar from the first that is asked for to `today`. */
const DAYS: Report = {
  path: 'child/example/days',
  fields: [
    { name: 'from', kind: 'day', fallback: () => '2026-11-20' },
    { name: 'to', kind: 'day', fallback: (today) => today },
  ],
  columns: [{ name: 'from', kind: 'day' }],
  rows: (_scope, { from, to }) => sql`select day::text as id, day::text as position, day::text as "from"
    from generate_series(${from}::date, ${to}::date, '1 day') day`,
};

const areaOf = (id: string, from?: string): Area => ({
  path: 'child/example',
  labels: { [`todo.${id}`]: ['等待', 'Waiting'] },
  kinds: [],
  schema: {},
  reports: [DAYS],
  todos: [
    {
      id,
      system: 'child',
      menuRoles: ['mi_example'],
      report: DAYS.path,
      filters: from === undefined ? {} : { from },
    },
  ],
});
const actor = (...rights: ReturnType<Actor['rights']>): Actor =>
  ({ scope: { kind: 'own', unitCode: '9876543210' }, rights: () => rights }) as unknown as Actor;
const ACTOR = actor('R');
const NOW = new Date('2026-11-22T16:30:00Z');

const add = (id: string, kind: string, state: string, parent: string | null) =>
  sql`insert into record (id, kind, unit_code, county, town, parent_id, state, service_on, created_by, created_by_name,
      created_at, updated_by, updated_by_name, updated_at, submitted_at)
    values (${id}, ${kind}, '9876543210', '10017', '10017020', ${parent}, ${state}, '2026-11-01', 'a', 'a', now(), 'a',
      'a', now(), now())`.execute(mch.database.db);

describe('to-dos', () => {
  it('count what a derived list shows, with what holds where nothing is asked', async () => {
    const todos = todosOf([areaOf('T03')], ACTOR, ['mi_example'], NOW);
    expect(todos.map(({ url }) => url)).toEqual(['/child/example/days?sort=position']);
    // 20 to 23 November: in Taipei the day has begun
    expect((await countTodos(mch.database.db, todos)).map(({ count }) => count)).toEqual([4]);
  });

  it('stand apart where two areas have a part in one number', async () => {
    const todos = todosOf(
      [areaOf('T22'), areaOf('T22', '2026-11-23')],
      ACTOR,
      ['mi_example', 'mi_other'],
      NOW,
    );
    expect((await countTodos(mch.database.db, todos)).map(({ count }) => count)).toEqual([4, 1]);
    expect(todos[1]?.url).toBe('/child/example/days?from=2026-11-23&sort=position');
  });

  it('T07: are listed by the database itself, whichever way a record comes, changes or goes', async () => {
    const { db } = mch.database;
    const [specimen, result] = [randomUUID(), randomUUID()];
    const waits = async (): Promise<boolean> => {
      const { rows } = await sql`select 1 from record_awaiting where record_id = ${specimen}`.execute(db);
      return rows.length > 0;
    };
    await add(specimen, 'gbs-specimen', 'draft', null);
    expect(await waits()).toBe(false);
    await sql`update record set state = 'submitted' where id = ${specimen}`.execute(db);
    expect(await waits()).toBe(true);
    await add(result, 'gbs-result', 'draft', specimen);
    await add(randomUUID(), 'gbs-positive', 'submitted', specimen); // of a kind nobody waits for
    expect(await waits()).toBe(true);
    await sql`update record set state = 'submitted' where id = ${result}`.execute(db);
    expect(await waits()).toBe(false);
    await sql`update record set state = 'closed' where id = ${specimen}`.execute(db);
    expect(await waits()).toBe(false);
    await sql`update record set parent_id = null where id = ${result}`.execute(db);
    expect(await waits()).toBe(true);
    await sql`update record set parent_id = ${specimen} where id = ${result}`.execute(db);
    await sql`delete from record where id = ${result}`.execute(db);
    expect(await waits()).toBe(true);
    await sql`update record set state = 'draft' where id = ${specimen}`.execute(db);
    expect(await waits()).toBe(false);
  });

  it('T07: are right where two results of one specimen change at once', async () => {
    const { db } = mch.database;
    const [specimen, sent, dropped] = [randomUUID(), randomUUID(), randomUUID()];
    await add(specimen, 'gbs-specimen', 'submitted', null);
    await add(sent, 'gbs-result', 'draft', specimen);
    await add(dropped, 'gbs-result', 'submitted', specimen);
    const waits = async () =>
      (await sql`select 1 from record_awaiting where record_id = ${specimen}`.execute(db)).rows.length;
    let later: Promise<unknown> | undefined;
    await db.transaction().execute(async (trx) => {
      await sql`update record set state = 'submitted' where id = ${sent}`.execute(trx);
      later = sql`update record set state = 'draft' where id = ${dropped}`.execute(db);
      const isDone = later.then(() => true);
      const isBlocked = async (): Promise<boolean> =>
        (
          await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
            db,
          )
        ).rows.length > 0;
      while (!(await Promise.race([isDone, isBlocked()])));
    });
    await later;
    expect(await waits()).toBe(0);
  });

  it('lists are counted up to a thousand, and up to a hundred where letters of a name are looked for', async () => {
    const { db } = mch.database;
    await sql`
      with people as (
        insert into patient (id, kind, id_type, name, birth_date, created_at, updated_at)
        select gen_random_uuid(), 'mother', 'none', '計數甲' || at, '1995-01-01', now(), now()
        from generate_series(1, 101) at returning id)
      insert into record (id, kind, unit_code, county, town, patient_id, state, service_on, created_by,
        created_by_name, created_at, updated_by, updated_by_name, updated_at, submitted_at)
      select gen_random_uuid(), 'gbs-specimen', ${HOSPITAL.unit.code}, '10017', '10017020', id, 'submitted', '2026-11-05',
        'a', 'a', now(), 'a', 'a', now(), now() from people`.execute(db);
    const nurse = await mch.nurse();
    const counted = async (query: string) =>
      /class="count" role="status">([^<]+)</.exec(
        (await nurse.go(`/maternal/gbs/specimens?from=2026-11-05${query}`)).text,
      )?.[1];
    expect(await counted('')).toBe('共 101 筆');
    expect(await counted('&person=計')).toBe('超過 100 筆');
    expect(await counted('&person=計數甲101')).toBe('共 1 筆');
  });

  describe('told by a rule of the area', () => {
    const person = async (): Promise<{ mother: string; pregnancy: string }> => {
      const [mother, pregnancy] = [randomUUID(), randomUUID()];
      const { db } = mch.database;
      await sql`insert into patient (id, kind, id_type, name, birth_date, created_at, updated_at)
        values (${mother}, 'mother', 'none', 'A', '1995-01-01', now(), now())`.execute(db);
      await sql`insert into pregnancy (id, mother_id, seq, edc, opened_on)
        values (${pregnancy}, ${mother}, 1, '2027-01-01', '2026-06-01')`.execute(db);
      return { mother, pregnancy };
    };
    /** A record of her, without a pregnancy of its own unless told, with the trimester it is of. */
    const write = (db: typeof mch.database.db, of: Record<'id' | 'kind' | 'mother', string>, more = {}) => {
      const { state, pregnancy, trimester } = {
        state: 'submitted',
        pregnancy: null,
        trimester: 'third',
        ...more,
      };
      return db.transaction().execute(async (trx) => {
        await sql`insert into record (id, kind, unit_code, county, town, patient_id, pregnancy_id, unique_key, state,
            service_on, created_by, created_by_name, created_at, updated_by, updated_by_name, updated_at, submitted_at)
          values (${of.id}, ${of.kind}, '9876543210', '10017', '10017020', ${of.mother}, ${pregnancy},
            ${of.kind === 'edu-record' ? trimester : null}, ${state}, '2026-11-01', 'a', 'a', now(), 'a', 'a', now(),
            now())`.execute(trx);
        // the envelope comes before what it holds
        await sql`insert into ${sql.table(of.kind.replace('-', '_'))} (record_id, trimester)
          values (${of.id}, ${trimester})`.execute(trx);
      });
    };
    const waiting = async (id: string) =>
      (
        await sql<{ day: string }>`select service_on::text as day from record_awaiting
          where record_id = ${id} and awaits = 'edu-record'`.execute(mch.database.db)
      ).rows.map(({ day }) => day);

    it('T06: are listed whichever way a visit, its guidance or its pregnancy comes, changes or goes', async () => {
      const { db } = mch.database;
      const { mother, pregnancy } = await person();
      const [visit, second, guidance] = [randomUUID(), randomUUID(), randomUUID()];
      await write(db, { id: visit, kind: 'edu-registration', mother });
      await write(db, { id: second, kind: 'edu-registration', mother }, { trimester: 'second' });
      expect([await waiting(visit), await waiting(second)]).toEqual([['2026-11-01'], []]);
      await write(db, { id: guidance, kind: 'edu-record', mother }, { pregnancy, state: 'draft' });
      expect(await waiting(visit)).toEqual(['2026-11-01']);
      await sql`update record set state = 'submitted' where id = ${guidance}`.execute(db);
      expect(await waiting(visit)).toEqual([]);
      // another due date: the visit lies in no pregnancy any more
      await sql`update pregnancy set edc = '2029-01-01' where id = ${pregnancy}`.execute(db);
      expect(await waiting(visit)).toEqual(['2026-11-01']);
      await sql`update record set service_on = '2026-10-30' where id = ${visit}`.execute(db);
      expect(await waiting(visit)).toEqual(['2026-10-30']);
      await sql`update pregnancy set edc = '2027-01-01' where id = ${pregnancy}`.execute(db);
      expect(await waiting(visit)).toEqual([]);
      const other = await person();
      await sql`update record set patient_id = ${other.mother} where id = ${visit}`.execute(db);
      expect(await waiting(visit)).toEqual(['2026-10-30']);
      await sql`update record set patient_id = ${mother} where id = ${visit}`.execute(db);
      expect(await waiting(visit)).toEqual([]);
      await sql`delete from record where id = ${guidance}`.execute(db);
      expect(await waiting(visit)).toEqual(['2026-10-30']);
      await sql`update record set state = 'rejected' where id = ${visit}`.execute(db);
      expect(await waiting(visit)).toEqual([]);
    });

    it('T06: are right where visit and guidance of a woman come at once, twenty times over', async () => {
      const { db } = mch.database;
      const pairs = await Promise.all(
        Array.from({ length: 20 }, async () => ({ ...(await person()), visit: randomUUID() })),
      );
      await Promise.all(
        pairs.flatMap(({ mother, pregnancy, visit }) => [
          write(db, { id: visit, kind: 'edu-registration', mother }),
          write(db, { id: randomUUID(), kind: 'edu-record', mother }, { pregnancy }),
        ]),
      );
      expect(await Promise.all(pairs.map(({ visit }) => waiting(visit)))).toEqual(pairs.map(() => []));
    });

    it('T06: are found once where they waited before the rule was there', async () => {
      const { db } = mch.database;
      const { mother } = await person();
      const visit = randomUUID();
      await write(db, { id: visit, kind: 'edu-registration', mother });
      const all = async () =>
        (await sql`select * from record_awaiting order by awaits, record_id`.execute(db)).rows;
      const before = await all();
      await sql`delete from record_awaiting where awaits = 'edu-record'`.execute(db);
      await sql`update record_waiting_rule set filled_at = null`.execute(db);
      await migrate(mch.databaseUrl, mchMigrations);
      expect(await all()).toEqual(before);
      expect(await waiting(visit)).toEqual(['2026-11-01']);
    });
  });

  it('lead nobody where nothing may be read', () => {
    expect(todosOf([areaOf('T03')], actor('C'), ['mi_example'], NOW)).toEqual([]);
  });

  it('say nothing to who has no such menu role', () => {
    expect(todosOf([areaOf('T03')], ACTOR, ['mi_other'], NOW)).toEqual([]);
  });
});
