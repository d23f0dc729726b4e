import { machineSeconds, treeSeconds } from './cpu.ts';

export interface Measurement {
  /** Operations a second over the slices kept. */
  rate: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** CPU microseconds an operation: of the server with its helpers, and of PostgreSQL. */
  serverCpu: number;
  databaseCpu: number;
  errors: number;
  /** Share of the time thrown away because other processes were at work. */
  noise: number;
}

export interface Load {
  /** One entry a connection; each does its next operation when the one before is answered. */
  workers: (() => Promise<void>)[];
  warmUpMs: number;
  durationMs: number;
  serverPid: number;
  databasePid: number | undefined;
}

interface Slice {
  seconds: number;
  latencies: number[];
  errors: number;
  server: number;
  database: number;
  /** CPU used by processes that are no part of the measurement, as a share of one core. */
  foreign: number;
}

const SLICE_MS = 500;
const MAX_FOREIGN = 0.1;

/** A closed loop over all workers. Slices in which other processes took CPU do not count. */
export async function measure(load: Load): Promise<Measurement> {
  let latencies: number[] = [];
  let errors = 0;
  const end = performance.now() + load.warmUpMs + load.durationMs;
  const loop = async (work: () => Promise<void>): Promise<void> => {
    for (let began = performance.now(); began < end; began = performance.now()) {
      try {
        await work();
        latencies.push(performance.now() - began);
      } catch {
        errors += 1;
      }
    }
  };
  const running = Promise.all(load.workers.map(loop));

  await pause(load.warmUpMs);
  const slices: Slice[] = [];
  let before = readCpu(load);
  [latencies, errors] = [[], 0];
  while (performance.now() < end) {
    await pause(Math.min(SLICE_MS, Math.max(1, end - performance.now())));
    const now = readCpu(load);
    const seconds = now.at - before.at;
    const foreign = now.machine - before.machine - (now.ours - before.ours);
    slices.push({
      ...{ seconds, latencies, errors, foreign: foreign / seconds },
      server: now.server - before.server,
      database: now.database - before.database,
    });
    [before, latencies, errors] = [now, [], 0];
  }
  await running;
  return summarise(slices);
}

function readCpu({ serverPid, databasePid }: Load) {
  const server = treeSeconds(serverPid);
  const database = databasePid === undefined ? 0 : treeSeconds(databasePid);
  const { user, system } = process.cpuUsage();
  const ours = server + database + (user + system) / 1e6;
  return { at: performance.now() / 1000, server, database, ours, machine: machineSeconds() };
}

function summarise(slices: Slice[]): Measurement {
  const quiet = slices.filter(({ foreign }) => foreign <= MAX_FOREIGN);
  const kept = quiet.length > 0 ? quiet : slices;
  const sum = (pick: (slice: Slice) => number): number =>
    kept.reduce((total, slice) => total + pick(slice), 0);
  const latencies = kept.flatMap((slice) => slice.latencies).sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  const operations = latencies.length;
  return {
    rate: operations / sum(({ seconds }) => seconds),
    p50: at(0.5),
    p99: at(0.99),
    serverCpu: (sum(({ server }) => server) / operations) * 1e6,
    databaseCpu: (sum(({ database }) => database) / operations) * 1e6,
    errors: slices.reduce((total, slice) => total + slice.errors, 0),
    noise: 1 - quiet.length / slices.length,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
