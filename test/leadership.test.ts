import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { fencedDatabase } from '#db/fence.ts';
import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { type Leadership, standForLeadership } from '#db/leadership.ts';
import { type Standing, openStanding } from '#db/standing.ts';
import { cloneDatabase } from './support/databases.ts';
import { eventually } from './support/eventually.ts';
import { startReplica } from './support/replica.ts';

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let database: Database<IdpTables>;

beforeAll(async () => {
  clone = await cloneDatabase('idp');
  database = openDatabase<IdpTables>({
    ...{ url: clone.url, connections: 12, applicationName: 'test', onConnectionLost: () => {} },
  });
  await sql`create table written (id bigserial, by text, token bigint, at timestamptz default clock_timestamp())`.execute(
    database.db,
  );
});
afterAll(async () => {
  await database.close();
  await clone.drop();
});

const opened: { standing: Standing; leadership: Leadership }[] = [];
afterEach(async () => {
  for (const { standing, leadership } of opened.splice(0)) {
    await leadership.stop();
    await standing.close();
  }
  await sql`truncate written`.execute(database.db);
});

async function candidate(holder: string, leaseMs = 10_000, renewMs = 50) {
  const standing = await openStanding({
    connect: () => database.connect(),
    channels: [],
    onMessage: () => {},
  });
  const leadership = await standForLeadership({ name: 'idp', standing, holder, leaseMs, renewMs });
  opened.push({ standing, leadership });
  return { standing, leadership, db: fencedDatabase(database.db, () => leadership.current()) };
}

const lead = (all: { leadership: Leadership }[]): number =>
  all.filter(({ leadership }) => leadership.current() !== undefined).length;
const rows = async (): Promise<number> =>
  (await database.query<{ n: number }>('select count(*) as n from written where $1', [true]))[0]?.n ?? 0;
const insert = (db: Database<IdpTables>['db']) => sql`insert into written (by) values ('test')`.execute(db);

describe('R36: what runs once', () => {
  it('has one leader of ten, another soon when its process dies, at once when it stops', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, (_none, index) => candidate(`c${index}`)));
    expect(lead(all)).toBe(1);
    const first = all.find(({ leadership }) => leadership.current());
    const rest = all.filter((each) => each !== first);
    // its process dies: the session goes, and with it the lock, long before the lease runs out
    const died = performance.now();
    await first?.standing.close();
    await eventually(() => expect(lead(rest)).toBe(1), 5000);
    process.stdout.write(`followed after a death in ${Math.round(performance.now() - died)} ms\n`);
    const second = rest.find(({ leadership }) => leadership.current());
    const stopped = performance.now();
    await second?.leadership.stop();
    await eventually(() => expect(lead(rest.filter((each) => each !== second))).toBe(1), 2000);
    process.stdout.write(`followed after a stop in ${Math.round(performance.now() - stopped)} ms\n`);
    expect(lead(rest)).toBe(1);
  });

  it('writes through the fence as without it: transactions, lone statements, reads', async () => {
    const { db } = await candidate('only');
    await insert(db);
    await db.transaction().execute((trx) => insert(trx));
    await expect(
      db.transaction().execute(async (trx) => {
        await insert(trx);
        throw new Error('thought better of it');
      }),
    ).rejects.toThrow('thought better');
    await expect(sql`select 1/0`.execute(db)).rejects.toThrow('division');
    expect(await rows()).toBe(2);
    expect(await db.selectFrom('job_lease').select(['name', 'holder']).execute()).toEqual([
      { name: 'idp', holder: 'only' },
    ]);
    await db.updateTable('job_lease').set({ holder: 'renamed' }).where('name', '=', 'idp').execute();
    const { numDeletedRows } = await db
      .deleteFrom('visit_day' as never)
      .executeTakeFirst()
      .catch(() => ({ numDeletedRows: 0n }));
    expect(numDeletedRows).toBe(0n);
  });
});

describe('R39: a leader paused beyond its lease', () => {
  it('is refused whatever it still writes: between statements, at its next transaction, in the middle of one', async () => {
    const paused = await candidate('paused', 300, 3_600_000); // never renews
    const token = paused.leadership.current();
    const stale = fencedDatabase(database.db, () => token); // as one who does not know how late it is
    await insert(stale);
    const inside = Promise.withResolvers<void>();
    const middle = stale.transaction().execute(async (trx) => {
      await insert(trx);
      await inside.promise;
      await insert(trx);
    });
    await sleep(400);
    const next = await candidate('next', 300);
    // nobody takes over while a transaction holds the fence
    await sleep(300);
    expect(next.leadership.current()).toBeUndefined();
    inside.resolve();
    await middle;
    await eventually(() => expect(next.leadership.current()?.token).toBe((token?.token ?? 0) + 1));
    await expect(insert(stale)).rejects.toThrow('taken over');
    await expect(stale.transaction().execute((trx) => insert(trx))).rejects.toThrow('taken over');
    expect(await rows()).toBe(3);
    await insert(next.db);
    expect(await rows()).toBe(4);
  });

  it('SIGSTOP, followed by another process, SIGCONT: not one late row', async () => {
    const env = { DATABASE_URL: clone.url, LEASE_MS: '1000' };
    const start = (name: string) => startReplica(['test/support/leader-program.ts', name], env);
    const first = await start('first');
    await eventually(async () => expect(await rows()).toBeGreaterThan(4));
    const second = await start('second');
    // what a paused process holds is ended by PostgreSQL; here sooner than in production
    const admin = new pg.Client({ connectionString: clone.url });
    await admin.connect();
    const by = async (name: string): Promise<{ n: number; token: number }> => {
      const { rows: found } = await admin.query<{ n: number; token: number }>(
        'select count(*)::int as n, max(token)::int as token from written where by = $1',
        [name],
      );
      return found[0] ?? { n: 0, token: 0 };
    };
    try {
      for (let round = 0; round < 3; round += 1) {
        const [on, off] = round % 2 === 0 ? [first, second] : [second, first];
        const [onName, offName] = round % 2 === 0 ? ['first', 'second'] : ['second', 'first'];
        process.kill(on.pid, 'SIGSTOP');
        const paused = performance.now();
        const before = await by(offName);
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = $1 and state = 'idle in transaction'`,
          [onName],
        );
        await eventually(async () => expect((await by(offName)).n).toBeGreaterThan(before.n + 2), 8000);
        const tookMs = Math.round(performance.now() - paused);
        const { n: written } = await by(onName);
        process.kill(on.pid, 'SIGCONT');
        await sleep(700);
        expect((await by(onName)).n).toBe(written);
        expect((await by(offName)).token).toBeGreaterThan((await by(onName)).token);
        process.stdout.write(`paused with a lease of 1000 ms: followed after ${tookMs} ms, 0 late rows\n`);
        expect(off.pid).not.toBe(on.pid);
      }
    } finally {
      await admin.end();
      await Promise.all([first.kill(), second.kill()]);
    }
  });
});
