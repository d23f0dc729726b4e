import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { countStalledCommits } from '#db/checks.ts';
import { type Database, openDatabase } from '#db/handle.ts';
import { isUnavailable } from '#kit/unavailable.ts';
import { needPackages } from './debian.ts';
import { type PostgresPair, startPostgresPair } from './postgres-pair.ts';
import { recordResult } from './report.ts';

const WRITERS = 6;

interface Tables {
  code: { id: number; used: boolean };
}

describe('the database handle on a primary and its synchronous standby', () => {
  let pair: PostgresPair;
  let database: Database<Tables>;
  /** A handle that nobody uses while everything happens. */
  let quiet: Database<Tables>;
  let next = 0;
  const used: { id: number; at: number }[] = [];
  const failures: { error: unknown; at: number; ms: number }[] = [];
  const over = new AbortController();
  let work: Promise<unknown>;

  /** Uses a code that works once. @returns whether this was the once */
  const use = async (id: number): Promise<boolean> =>
    (await database.query('update code set used = true where id = $1 and not used returning id', [id]))
      .length === 1;

  beforeAll(async () => {
    needPackages('postgresql-15');
    pair = await startPostgresPair();
    database = openDatabase({
      url: pair.url('postgres'),
      connections: 4,
      applicationName: 'idp-handle',
      statementMs: 2000,
      onConnectionLost: () => {},
    });
    await sql`create table code (id int primary key, used boolean not null default false)`.execute(
      database.db,
    );
    await pair.primary.query('insert into code select id from generate_series(1, 50000) as id');
    quiet = openDatabase({
      url: pair.url('postgres'),
      connections: 1,
      applicationName: 'quiet',
      onConnectionLost: () => {},
    });
    await quiet.query('select 1 where $1', [true]);
    const write = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const id = (next += 1);
        const from = performance.now();
        await use(id).then(
          (isDone) => isDone && used.push({ id, at: performance.now() }),
          (error: unknown) => failures.push({ error, at: performance.now(), ms: performance.now() - from }),
        );
        await sleep(10);
      }
    };
    work = Promise.all(Array.from({ length: WRITERS }, write));
  });
  afterAll(async () => {
    over.abort();
    await work;
    await quiet?.close();
    await database?.close();
    await pair?.stop();
  });

  const sessionsAt = async (server: PostgresPair['primary']): Promise<number> =>
    (await server.query("select pid from pg_stat_activity where application_name = 'idp-handle'")).length;
  /** The longest time without a write from then on. */
  const gapSince = (from: number): number => {
    const times = [from, ...used.map(({ at }) => at).filter((at) => at > from)].toSorted((a, b) => a - b);
    return Math.max(...times.map((at, index) => (times[index + 1] ?? performance.now()) - at));
  };
  const lost = async (): Promise<number> => {
    const acknowledged = used.map(({ id }) => id);
    const rows = await database.query<{ id: number }>('select id from code where used = $1', [true]);
    const there = new Set(rows.map(({ id }) => id));
    return acknowledged.filter((id) => !there.has(id)).length;
  };
  const tell = async (row: string, deed: string, gap: number, limitMs: number): Promise<void> => {
    const missing = await lost();
    const figures = `no writes for ${(gap / 1000).toFixed(1)} s; ${used.length} acknowledged, ${missing} lost`;
    recordResult({ row, deed, figures, passed: gap <= limitMs && missing === 0 });
    expect(missing).toBe(0);
    expect(gap).toBeLessThanOrEqual(limitMs);
  };

  it('R6: the primary is killed and recovers; nothing acknowledged is lost', async () => {
    await sleep(1000);
    const from = performance.now();
    await pair.primary.stop('kill');
    await pair.primary.start();
    await sleep(2000);
    await tell('R6', 'one process: kill -9 of the primary, crash recovery', gapSince(from), 10_000);
  });

  it('R10: what was written is read at once, however far the standby is behind', async () => {
    await pair.standby.query('select pg_wal_replay_pause()');
    for (let tries = 0; tries < 50; tries += 1) {
      const id = (next += 1);
      await use(id);
      used.push({ id, at: performance.now() });
      const rows = await database.query<{ used: boolean }>('select used from code where id = $1', [id]);
      expect(rows).toEqual([{ used: true }]);
    }
    expect(await sessionsAt(pair.standby)).toBe(0);
    const behind = await pair.standby.query<{ used: boolean }>('select used from code where id = $1', [next]);
    expect(behind).toEqual([{ used: false }]);
    await pair.standby.query('select pg_wal_replay_resume()');
  });

  it('R7, R38: the standby takes over; nothing is lost, nothing used works again', async () => {
    const from = performance.now();
    await pair.failOver('kill');
    await sleep(2000);
    await tell('R7', 'one process: kill -9 of the primary, promotion', gapSince(from), 10_000);
    const before = used.filter(({ at }) => at < from).slice(-200);
    for (const { id } of before) expect(await use(id)).toBe(false);
  });

  it('R7: nobody writes to an old primary that comes back, not who starts anew, not who slept through it', async () => {
    await pair.standby.start();
    const there = (): Promise<{ count: string }[]> =>
      pair.standby.query('select count(*) from code where used');
    const before = await there();
    const anew = openDatabase<Tables>({
      url: `postgres://postgres@127.0.0.1:${pair.standby.port},127.0.0.1:${pair.primary.port}/postgres`,
      connections: 1,
      applicationName: 'idp-handle',
      onConnectionLost: () => {},
    });
    try {
      const id = (next += 1);
      await anew.query('update code set used = true where id = $1', [id]);
      const other = (next += 1);
      await quiet.query('update code set used = true where id = $1', [other]);
      await sleep(1000);
      expect(await sessionsAt(pair.standby)).toBe(0);
      expect(await there()).toEqual(before);
    } finally {
      await anew.close();
    }
    await pair.rejoin();
    expect(await pair.isSynchronous()).toBe(true);
  });

  it('R8: commits wait for a standby that is gone, are told and refused; afterwards all goes on', async () => {
    const from = performance.now();
    await pair.standby.stop('fast');
    let stalled = 0;
    while (stalled === 0 && performance.now() - from < 30_000) {
      await sleep(500);
      stalled = await countStalledCommits(pair.primary).catch(() => 0);
    }
    const toldAfter = performance.now() - from;
    await pair.standby.start();
    const back = performance.now();
    await sleep(3000);
    const first = used.find(({ at }) => at > back)?.at ?? Number.POSITIVE_INFINITY;
    const figures = `told after ${(toldAfter / 1000).toFixed(1)} s; writes again ${((first - back) / 1000).toFixed(1)} s after its return`;
    const passed = toldAfter < 30_000 && first - back < 3000 && (await lost()) === 0;
    recordResult({ row: 'R8', deed: 'one process: the only synchronous standby stops', figures, passed });
    expect(passed).toBe(true);
  });

  it('R5, R7: every refusal was a passing condition, and fast', () => {
    expect(failures.filter(({ error }) => !isUnavailable(error))).toEqual([]);
    expect(Math.max(...failures.map(({ ms }) => ms))).toBeLessThan(8000);
    expect(database.pool.total).toBeLessThanOrEqual(4);
  });
});
