import { readFileSync } from 'node:fs';
import pg from 'pg';
import { treeSeconds } from '../../../bench/cpu.ts';
import { KINDS, type Kind, type Tally } from './work.ts';

/** One slice of the time. */
export interface Sample {
  /** Minutes since the beginning. */
  minute: number;
  operations: Record<Kind, { count: number; p50: number; p99: number }>;
  errors: number;
  /** Bytes of tables with their indexes and what they keep aside: partitions with their parent. */
  bytes: Record<string, number>;
  /** Dead rows that wait for the vacuum. */
  dead: number;
  /** Memory of each replica with its helpers, in MB; what several processes share counts once. */
  memory: number[];
  /** CPU seconds a second: of the replicas and of PostgreSQL. */
  cpu: { replicas: number; postgres: number };
  /** Milliseconds of a piece of work that is always the same: how fast the machine is just now. */
  calibration: number;
}

/** Those whose size must level off; the audit trail is kept for years and told apart. */
export const PROTOCOL_TABLES = [
  'artefact_minutes',
  'artefact_hours',
  'artefact_weeks',
  'oidc_session',
  'oidc_session_client',
  'oidc_grant',
  'oidc_interaction',
  'oidc_replay',
  'captcha_challenge',
  'attempt_throttle',
  'logout_delivery',
] as const;
const TABLES = [...PROTOCOL_TABLES, 'audit_event', 'audit_seal'];

const SIZES = `
select t as name, coalesce((select sum(pg_total_relation_size(relid)) from pg_partition_tree(t::regclass) where isleaf), 0)::float8
  + pg_total_relation_size(t::regclass)::float8 as bytes
from unnest($1::text[]) t`;

export interface Sampler {
  take(tally: Tally): Promise<Sample>;
  close(): Promise<void>;
}

/** @param pids of the replicas, and of the server with its children */
export async function openSampler(
  databaseUrl: string,
  pids: () => { replicas: number[]; postgres: number },
): Promise<Sampler> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const began = performance.now();
  const readCpu = () => {
    const { replicas, postgres } = pids();
    return {
      at: performance.now(),
      replicas: replicas.reduce((sum, pid) => sum + treeSeconds(pid), 0),
      postgres: treeSeconds(postgres),
    };
  };
  let before = readCpu();
  return {
    async take(tally) {
      const now = readCpu();
      const seconds = (now.at - before.at) / 1000;
      const cpu = {
        replicas: (now.replicas - before.replicas) / seconds,
        postgres: (now.postgres - before.postgres) / seconds,
      };
      before = now;
      const sizes = await client.query<{ name: string; bytes: number }>(SIZES, [TABLES]);
      const dead = await client.query<{ dead: number }>(
        'select sum(n_dead_tup)::float8 as dead from pg_stat_user_tables',
      );
      const operations = Object.fromEntries(
        KINDS.map((kind) => [kind, quantiles(tally.times[kind])]),
      ) as Sample['operations'];
      return {
        minute: (performance.now() - began) / 60_000,
        operations,
        errors: tally.errors.length,
        bytes: Object.fromEntries(sizes.rows.map(({ name, bytes }) => [name, bytes])),
        dead: dead.rows[0]?.dead ?? 0,
        memory: pids().replicas.map(memoryMb),
        cpu,
        calibration: calibrate(),
      };
    },
    close: () => client.end(),
  };
}

function quantiles(times: number[]): { count: number; p50: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { count: times.length, p50: at(0.5), p99: at(0.99) };
}

/** Of a process and of the helpers it started: the share of it that is theirs. */
function memoryMb(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const own = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    const theirs = children === '' ? [] : children.split(' ').map((child) => memoryMb(Number(child)));
    return theirs.reduce((sum, mb) => sum + mb, Number(own ?? 0) / 1024);
  } catch {
    return 0; // it ended meanwhile
  }
}

const WORK = 2_000_000;

function calibrate(): number {
  const from = performance.now();
  let x = 1;
  for (let turn = 0; turn < WORK; turn += 1) x = (x * 1_103_515_245 + 12_345) % 2_147_483_647;
  return performance.now() - from + (x === 0 ? 1 : 0);
}
