import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '#idp/config.ts';
import { type Replica, startReplica } from '#idp/replica.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { threadSeconds } from '../bench/cpu.ts';
import { Party } from '../bench/party.ts';
import { addPeople } from '../bench/people.ts';
import { scenarios } from '../bench/scenarios.ts';
import { bare } from '../bench/servers/bare.ts';
import type { RunningServer, ServerFace } from '../bench/servers/types.ts';
import { faceOf } from '../bench/servers/our-face.ts';
import { CLIENT_SECRET, type IdpWorld, startIdpWorld } from './support/idp-world.ts';

/*
 * What an operation of the protocol costs may not grow unnoticed. Round trips, rows and WAL bytes are counted at the one
 * connection that the operation has, and the least of several tries counts: whatever else runs can only add. CPU is
 * compared with that of the bare library, which serves the same in the same moment; only a run in which the machine was
 * steady is judged, and only three of three runs beyond the mark fail. `WRITE_DOCS=1` records anew.
 */
const FILE = path.join(import.meta.dirname, 'support/operation-costs.json');
const KEYS = ['client-credentials', 'client-credentials-jwt', 'userinfo', 'introspection'];
const WRITING = ['refresh-kept', 'silent', 'par', 'exchange'];
const TRIES = 6;
/** A page that fills up, a row that is a digit longer. */
const WAL_TOLERANCE = 1.25;
const CPU_TOLERANCE = 1.4;

interface Cost {
  roundTrips: number;
  rows: number;
  walBytes: number;
}
interface Recorded {
  operations: Record<string, Cost>;
  cpu: Record<string, number>;
}
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded;

describe('what operations cost', () => {
  let world: IdpWorld;
  let inner: Replica;
  let face: ServerFace;

  beforeAll(async () => {
    world = await startIdpWorld({
      manifests: ['bench/manifest.json', 'bench/manifests/public.json'],
      env: { EXCHANGES_PER_MINUTE: '100000' },
    });
    await addPeople(world.env['IDP_DATABASE_URL'] ?? '', 2);
    const env = { ...world.env, IDP_PORT: '1', LOG_LEVEL: 'silent', IDP_DATABASE_CONNECTIONS: '1' };
    inner = await startReplica({ ...readConfig(env), port: 0 }, createLog('test', 'silent'), systemClock);
    face = faceOf({ issuer: world.issuer, clientSecret: CLIENT_SECRET });
  });
  afterAll(async () => {
    await inner.stop();
    await world.stop();
  });

  /** What the one connection of requests has written so far; it tells its numbers first. */
  async function readCounts(): Promise<Cost> {
    const [backend] = await inner.database.query<{ pid: number }>(
      'select pg_backend_pid() as pid, pg_stat_force_next_flush() where $1',
      [true],
    );
    await inner.database.query('select 1 where $1', [true]);
    const { roundTrips } = inner.database;
    const [row] = await world.database.query<{ wal: string; rows: string }>(
      `select (select wal_bytes from pg_stat_get_backend_wal($1::int)) as wal,
         (select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables
          where relname ~ '^(artefact_|oidc_|binding|exchange_count|logout_)')
         + (select n_tup_ins from pg_stat_user_tables where relname = 'audit_spool') as rows`,
      [backend?.pid],
    );
    return { roundTrips, rows: Number(row?.rows), walBytes: Number(row?.wal) };
  }

  async function measure(key: string): Promise<Cost> {
    const scenario = scenarios.find((each) => each.key === key);
    if (!scenario) throw new Error(`no scenario ${key}`);
    const party = new Party(face, 0, { via: `http://localhost:${inner.port}` });
    const operation = await scenario.prepare(party);
    await operation();
    const least: Cost = { roundTrips: Infinity, rows: Infinity, walBytes: Infinity };
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = await readCounts();
      await operation();
      const own = inner.database.roundTrips - before.roundTrips;
      const after = await readCounts();
      least.roundTrips = Math.min(least.roundTrips, own);
      least.rows = Math.min(least.rows, after.rows - before.rows);
      least.walBytes = Math.min(least.walBytes, after.walBytes - before.walBytes);
    }
    party.close();
    return least;
  }

  it('round trips, rows and WAL bytes of each are at most those recorded', async () => {
    const measured: Record<string, Cost> = {};
    for (const key of [...KEYS, ...WRITING]) measured[key] = await measure(key);
    if (process.env['WRITE_DOCS'] === '1') record({ operations: measured });
    const grown = Object.entries(measured).filter(([key, now]) => {
      const then = recorded.operations[key];
      return (
        !then ||
        now.roundTrips > then.roundTrips ||
        now.rows > then.rows ||
        now.walBytes > then.walBytes * WAL_TOLERANCE
      );
    });
    expect(grown.map(([key, now]) => ({ key, now, recorded: recorded.operations[key] }))).toEqual([]);
  });

  it('CPU of reading and of writing, against the bare library, is within two fifths of that recorded', async () => {
    const beside = await bare.start(1);
    try {
      const runs: { isSteady: boolean; ratios: Record<string, number> }[] = [];
      const isWithin = ({ isSteady, ratios }: (typeof runs)[number]): boolean =>
        !isSteady ||
        Object.entries(ratios).every(([key, ratio]) => ratio <= (recorded.cpu[key] ?? 0) * CPU_TOLERANCE);
      const pairs = await Promise.all(
        ['introspection', 'refresh-kept'].map((key) => preparePair(key, beside)),
      );
      for (let run = 0; run < 3 && !runs.some(isWithin); run += 1) runs.push(await compare(pairs));
      for (const { close } of pairs) close();
      const [first] = runs;
      if (process.env['WRITE_DOCS'] === '1' && first) record({ cpu: first.ratios });
      expect(runs.some(isWithin) ? [] : runs).toEqual([]);
    } finally {
      await beside.stop();
    }
  });

  /** The same operation at the replica that runs by itself and at the bare library, both warmed up. */
  async function preparePair(key: string, beside: RunningServer) {
    const scenario = scenarios.find((each) => each.key === key);
    if (!scenario) throw new Error(`no scenario ${key}`);
    const parties = [new Party(face, 1), new Party(beside.face, 1)];
    const pids = [world.replicas[0]?.pid ?? 0, beside.processes['server'] ?? 0];
    const operations = await Promise.all(parties.map((party) => scenario.prepare(party)));
    for (const operation of operations) for (let turn = 0; turn < WARM_UP; turn += 1) await operation();
    return {
      key,
      servers: operations.map((operation, at) => ({ operation, pid: pids[at] ?? 0 })),
      close: () => parties.forEach((party) => party.close()),
    };
  }

  async function compare(pairs: Awaited<ReturnType<typeof preparePair>>[]) {
    const ratios: Record<string, number> = {};
    let isSteady = true;
    for (const { key, servers } of pairs) {
      const used: [number[], number[]] = [[], []];
      for (let batch = 0; batch < BATCHES; batch += 1) {
        for (const [at, { operation, pid }] of servers.entries()) {
          const from = threadSeconds(pid);
          for (let turn = 0; turn < BATCH; turn += 1) await operation();
          used[at]?.push(threadSeconds(pid) - from);
        }
      }
      const [ours, theirs] = used.map(median) as [number, number];
      ratios[key] = ours / theirs;
      isSteady &&= Math.max(...used[1]) < 2 * Math.min(...used[1]);
    }
    return { isSteady, ratios };
  }
});

const WARM_UP = 250;
const BATCHES = 7;
const BATCH = 40;

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function record(part: Partial<Recorded>): void {
  const now = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded;
  writeFileSync(FILE, `${JSON.stringify({ ...now, ...part }, undefined, 2)}\n`);
}
