import { sql } from 'kysely';
import { type Database, openDatabase } from '#db/handle.ts';
import { transact } from '#db/transact.ts';
import { isUnavailable } from '#kit/unavailable.ts';
import { cloneDatabase } from './support/databases.ts';
import { type DatabaseWire, openDatabaseWire } from './support/database-wire.ts';

interface Tables {
  tally: { id: number; count: number };
}

describe('a database that fails', () => {
  let clone: Awaited<ReturnType<typeof cloneDatabase>>;
  let wire: DatabaseWire;
  let database: Database<Tables>;

  beforeAll(async () => {
    clone = await cloneDatabase('mch');
    wire = await openDatabaseWire(clone.url);
    database = openDatabase({
      url: wire.url,
      connections: 3,
      applicationName: 'faults',
      waitMs: 300,
      statementMs: 1000,
      lockMs: 500,
      onConnectionLost: () => {},
    });
    await sql`create table tally (id int primary key, count int not null)`.execute(database.db);
    await sql`insert into tally select id, 0 from generate_series(1, 60) as id`.execute(database.db);
    await sql`create table booking (id serial primary key, what text)`.execute(database.db);
  });
  afterAll(async () => {
    await database.close();
    await wire.close();
    await clone.drop();
  });

  const countOf = async (id: number): Promise<number | undefined> =>
    (await database.query<{ count: number }>('select count from tally where id = $1', [id]))[0]?.count;
  const bookings = async (what: string): Promise<number> =>
    (await database.query('select id from booking where what = $1', [what])).length;
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('R13: deeds in each other’s way are done again, and each is done once', async () => {
    let tries = 0;
    let met: (() => void) | undefined;
    const bothLocked = new Promise<void>((resolve) => (met = resolve));
    const deed = (first: number, second: number) =>
      transact(database.db, async (trx) => {
        tries += 1;
        const add = (id: number) =>
          trx
            .updateTable('tally')
            .set({ count: sql`count + 1` })
            .where('id', '=', id)
            .execute();
        await add(first);
        if (tries === 2) met?.();
        if (tries <= 2) await bothLocked; // now each holds what the other wants
        await add(second);
      });
    const patient = sql`alter database ${sql.id(new URL(wire.url).pathname.slice(1))} set deadlock_timeout = '50ms'`;
    await patient.execute(database.db);
    await Promise.all([deed(1, 2), deed(2, 1)]);
    expect(tries).toBeGreaterThanOrEqual(3);
    expect([await countOf(1), await countOf(2)]).toEqual([2, 2]);
  });

  it('R13: gives up after three more tries, and says that it is a passing condition', async () => {
    let tries = 0;
    const conflict = transact(database.db, async (trx) => {
      tries += 1;
      await sql`do $$ begin raise exception 'in the way' using errcode = '40001'; end $$`.execute(trx);
    });
    expect(isUnavailable(await failureOf(conflict))).toBe(true);
    expect(tries).toBe(4);
  });

  it('R14: a connection lost at the commit is told, never tried again: the deed is done once', async () => {
    wire.cutAfter('commit');
    let tries = 0;
    const lost = await failureOf(
      transact(database.db, async (trx) => {
        tries += 1;
        await sql`insert into booking (what) values ('at the end')`.execute(trx);
      }),
    );
    expect(isUnavailable(lost)).toBe(true);
    expect(tries).toBe(1);
    expect(await bookings('at the end')).toBe(1);
  });

  it('R14: a lone write whose answer is lost is told, never sent again', async () => {
    wire.cutAfter('insert into booking');
    const lost = await failureOf(database.query('insert into booking (what) values ($1)', ['alone']));
    expect(isUnavailable(lost)).toBe(true);
    expect(await bookings('alone')).toBe(1);
  });

  it('R5: a read whose connection is lost is sent once more; so is the begin of a transaction', async () => {
    wire.cutAfter('select count from tally');
    expect(await countOf(3)).toBe(0);
    wire.cutAfter('begin');
    await transact(database.db, (trx) =>
      trx.updateTable('tally').set({ count: 7 }).where('id', '=', 3).execute(),
    );
    expect(await countOf(3)).toBe(7);
    expect(database.pool.total).toBeLessThanOrEqual(3);
  });

  it('R11: nobody waits for a connection longer than the limit; afterwards all are there again', async () => {
    const busy = Array.from({ length: 3 }, () => database.query('select pg_sleep($1)', [0.7]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const asked = performance.now();
    const refused = await failureOf(countOf(1));
    expect(isUnavailable(refused)).toBe(true);
    expect(performance.now() - asked).toBeLessThan(600);
    await Promise.all(busy);
    expect(await countOf(1)).toBe(2);
    expect(database.pool).toMatchObject({ idle: database.pool.total, waiting: 0 });
  });

  it('R12: nobody waits for a lock or a slow statement longer than the limits', async () => {
    const failures: unknown[] = [];
    await database.db.transaction().execute(async (trx) => {
      await sql`lock table tally`.execute(trx);
      failures.push(await failureOf(countOf(1)));
    });
    failures.push(await failureOf(database.query('select pg_sleep($1)', [5])));
    expect(failures).toMatchObject([{ code: '55P03' }, { code: '57014' }]);
    expect(failures.every(isUnavailable)).toBe(true);
    expect(await countOf(1)).toBe(2);
  });

  it('R7: a server that does not say whether it is the primary is one that is away', async () => {
    const anew = openDatabase<Tables>({
      url: wire.url,
      connections: 1,
      applicationName: 'anew',
      onConnectionLost: () => {},
    });
    try {
      wire.muteAfter('pg_is_in_recovery');
      const failure = await failureOf(anew.query('select 1 as one where $1', [true]));
      expect(failure).toMatchObject({ code: 'NO_ANSWER' });
      expect(isUnavailable(failure)).toBe(true);
      expect(await anew.query('select 1 as one where $1', [true])).toEqual([{ one: 1 }]);
    } finally {
      await anew.close();
    }
  });

  it('R6, R8: a server that is silent is given up, and its connection with it', async () => {
    const silent = openDatabase<Tables>({
      url: wire.url,
      connections: 1,
      applicationName: 'silent',
      statementMs: 100,
      waitMs: 300,
      onConnectionLost: () => {},
    });
    try {
      // past the statement's own limit, as a commit that waits for its standby is
      const asked = performance.now();
      const failure = await failureOf(
        silent.db.connection().execute(async (session) => {
          await sql`set statement_timeout = 0`.execute(session);
          await sql`select pg_sleep(20)`.execute(session);
        }),
      );
      expect(failure).toMatchObject({ code: 'NO_ANSWER' });
      expect(performance.now() - asked).toBeLessThan(4000);
      expect(await silent.query('select 1 as one where $1', [true])).toEqual([{ one: 1 }]);
      const left = await database.query(
        "select pid from pg_stat_activity where application_name = $1 and query like '%pg_sleep%' and state = 'active'",
        ['silent'],
      );
      expect(left).toEqual([]);
    } finally {
      await silent.close();
    }
  });
});
