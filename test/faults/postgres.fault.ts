import { setTimeout as sleep } from 'node:timers/promises';
import { needPackages } from './debian.ts';
import { type Load, startLoad } from './load.ts';
import { auditLoad } from './oracle.ts';
import { type PostgresPair, startPostgresPair } from './postgres-pair.ts';
import { recordResult } from './report.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const USERS = 12;
const CALM_MS = 3000;
const SETTLED_MS = 5000;

describe('two replicas on a primary and its synchronous standby', () => {
  let pair: PostgresPair;
  let world: FaultWorld;
  let load: Load;

  beforeAll(async () => {
    needPackages('postgresql-15');
    pair = await startPostgresPair();
    await pair.primary.query('create database idp');
    world = await startFaultWorld({ replicas: 2, people: USERS, databaseUrl: pair.url('idp') });
    load = await startLoad(world, { users: USERS, perSecond: 20, seconds: 400 });
  });
  afterAll(async () => {
    await load?.stop();
    await world?.stop();
    await pair?.stop();
  });

  /** Does it under load: errors only so long, each of them a refusal, no process restarted. @param limitMs beyond the deed itself where it takes the database away */
  const under = async (
    row: string,
    deed: string,
    limit: number | { afterMs: number },
    inject: () => Promise<void>,
  ): Promise<void> => {
    await sleep(CALM_MS);
    const pids = world.replicas.map(({ pid }) => pid);
    const at = load.now();
    await inject();
    const injected = load.now() - at;
    await sleep(SETTLED_MS);
    const span = load.ledger.errorSpanMs(at);
    const failures = load.ledger.failures(at);
    const statuses = [...new Set(failures.map(({ status }) => status))].toSorted((a, b) => a - b);
    const isAlive = world.replicas.every(({ pid }, index) => pid === pids[index]);
    const limitMs = typeof limit === 'number' ? limit : injected + limit.afterMs;
    const passed = span <= limitMs && isAlive && !statuses.includes(500);
    const figures =
      `errors for ${(span / 1000).toFixed(1)} s (the deed itself took ${(injected / 1000).toFixed(1)} s), ` +
      `${failures.length} requests failed${failures.length === 0 ? '' : `: ${kinds(failures)}`}`;
    recordResult({ row, deed, figures, passed });
    if (statuses.includes(500)) process.stderr.write(world.replicas.map((each) => each.output()).join('\n'));
    expect(statuses).not.toContain(500);
    expect(isAlive).toBe(true);
    expect(span).toBeLessThanOrEqual(limitMs);
  };
  /** What failed, by status and path, for the report. */
  const kinds = (failures: { status: number; path: string }[]): string => {
    const counts = new Map<string, number>();
    for (const { status, path } of failures) {
      const kind = `${status} ${path.replace(/(interaction|auth)\/.*/, '$1')}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return [...counts].map(([kind, count]) => `${count} × ${kind}`).join(', ');
  };
  /** Sessions of the replicas at a server. */
  const sessionsAt = async (server: PostgresPair['primary']): Promise<number> => {
    const rows = await server.query<{ count: string }>(
      "select count(*) from pg_stat_activity where application_name ~ '^idp'",
    );
    return Number(rows[0]?.count);
  };

  it('R5: the primary is restarted, and the replicas go on by themselves', async () => {
    let downMs = 0;
    await under('R5', 'pg_ctl restart -m fast of the primary', { afterMs: 3000 }, async () => {
      const from = performance.now();
      await pair.primary.stop('fast');
      await sleep(1000);
      await pair.primary.start();
      downMs = performance.now() - from;
    });
    expect(downMs).toBeGreaterThan(0);
  });

  it('R6: the primary is killed and recovers; nothing that was acknowledged is lost', async () => {
    await under('R6', 'kill -9 of the primary, crash recovery', { afterMs: 3000 }, async () => {
      await pair.primary.stop('kill');
      await pair.primary.start();
    });
  });

  it('R10: nothing is ever asked of a standby, however far it is behind', async () => {
    expect(await sessionsAt(pair.standby)).toBe(0);
    await pair.standby.query('select pg_wal_replay_pause()');
    await under('R10', 'replay on the standby paused', 0, async () => {
      await sleep(1000);
      expect(await sessionsAt(pair.standby)).toBe(0);
    });
    await pair.standby.query('select pg_wal_replay_resume()');
  });

  it('R7, R38: the standby takes over within ten seconds; nothing is lost, nothing can be used again', async () => {
    await under('R7', 'kill -9 of the primary, promotion of the synchronous standby', 10_000, () =>
      pair.failOver('kill'),
    );
  });

  it('R7: the old primary that comes back by itself is left alone, and returns as the standby', async () => {
    await pair.standby.start(); // as a primary that knows nothing of the other
    const [before] = await pair.standby.query<{ lsn: string }>(
      'select pg_current_wal_insert_lsn()::text as lsn',
    );
    await under('R7', 'the old primary comes back as a primary', 0, async () => {
      await sleep(3000);
      expect(await sessionsAt(pair.standby)).toBe(0);
    });
    await world.replicas[0]?.stop();
    await world.restart(0); // one that starts now has both to choose from
    await world.balancer.waitFor(0, true);
    expect(await sessionsAt(pair.standby)).toBe(0);
    const [after] = await pair.standby.query<{ lsn: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '${before?.lsn}')::text as lsn`,
    );
    expect(Number(after?.lsn)).toBeLessThan(64 * 1024); // its own housekeeping
    await pair.rejoin();
    expect(await pair.isSynchronous()).toBe(true);
  });

  it('R7, R38: a planned switch over', async () => {
    await under('R7', 'switch over: fast stop of the primary, promotion', 10_000, () =>
      pair.failOver('fast'),
    );
    await pair.rejoin();
  });

  it('R8: without its synchronous standby it refuses writes, says so, and goes on when it is back', async () => {
    const at = load.now();
    await pair.standby.stop('fast');
    const isTold = (): boolean =>
      world.replicas.some((replica) => replica.output().includes('commits wait for a synchronous standby'));
    while (!isTold() && load.now() - at < 40_000) await sleep(500);
    const toldAfter = load.now() - at;
    for (const path of ['/healthz', '/oidc/jwks', '/.well-known/openid-configuration']) {
      expect([path, (await fetch(world.replicaUrls[0] + path)).status]).toEqual([path, 200]);
    }
    await pair.standby.start();
    const back = load.now();
    await sleep(10_000);
    const ends = load.ledger.failures(back).map((failure) => failure.at + failure.ms - back);
    const afterwards = Math.max(0, ...ends);
    const figures =
      `told after ${(toldAfter / 1000).toFixed(1)} s; ${load.ledger.failures(at).length} requests refused, ` +
      `the last ${(afterwards / 1000).toFixed(1)} s after its return: ${kinds(load.ledger.failures(back))}`;
    const passed = toldAfter <= 30_000 && afterwards <= 3000;
    recordResult({ row: 'R8', deed: 'the only synchronous standby stops', figures, passed });
    expect(toldAfter).toBeLessThanOrEqual(30_000);
    expect(afterwards).toBeLessThanOrEqual(3000);
  });

  it('R6, R7, R38: after all that nothing acknowledged is lost, nothing works twice', async () => {
    await sleep(CALM_MS);
    const ledger = await load.stop();
    const faults = await auditLoad(world, ledger);
    const figures = `${faults.length === 0 ? 'oracle clean' : faults.join('; ')}; ${ledger.summary()}`;
    const deed =
      'everything acknowledged through restart, crash, two failovers and a dead standby, used again';
    recordResult({ row: 'R38', deed, figures, passed: faults.length === 0 });
    expect(faults).toEqual([]);
  });
});
