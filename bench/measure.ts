import { type Counters, type Counts, between, sum } from './counters.ts';
import { machineSeconds, treeSeconds } from './cpu.ts';

export interface Measurement {
  /** Operations a second over the slices kept. */
  rate: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  p99: number;
  /** CPU microseconds an operation, of each process with its helpers. */
  cpu: Record<string, number>;
  /** Of everything in the whole time, the slices thrown away included. */
  operations: number;
  /** What the database did for `counted` operations within `countedSeconds`, jobs included. */
  counts?: Counts;
  counted?: number;
  countedSeconds?: number;
  errors: number;
  /** One of them. */
  error?: string;
  /** Share of the time thrown away because other processes were at work. */
  noise: number;
}

/** What runs: its processes by name, whose CPU counts. */
export type Processes = Record<string, number>;

export interface Load {
  /** One entry a connection. */
  workers: (() => Promise<void>)[];
  warmUpMs: number;
  durationMs: number;
  processes: Processes;
  /** Counts what the database does meanwhile. */
  counters?: Counters | undefined;
  /** Operations a second that come whether earlier ones were answered or not; without it each worker goes on at once. */
  rate?: number | undefined;
}

interface Slice {
  seconds: number;
  latencies: number[];
  errors: number;
  cpu: Record<string, number>;
  /** CPU used by processes that are no part of the measurement, as a share of one core. */
  foreign: number;
}

const SLICE_MS = 500;
const MAX_FOREIGN = 0.1;

/** Runs all workers for the time given. */
export async function measure(load: Load): Promise<Measurement> {
  const { counters, workers } = load;
  if (!counters) return run(load);
  // each worker's one operation makes every connection tell its numbers: those of the end belong to what is counted
  const tickle = (): Promise<unknown> => Promise.allSettled(workers.map((work) => work()));
  const before = await counters.read(tickle);
  const from = performance.now();
  const measured = await run({ ...load, warmUpMs: 0 });
  const counts = between(before, await counters.read(tickle));
  const counted = measured.operations + workers.length;
  return { ...measured, counts, counted, countedSeconds: (performance.now() - from) / 1000 };
}

/**
 * In a closed loop, or at a fixed rate. At a fixed rate an operation's time
 * begins when it was due, so that whoever waits for a free worker waits on the record. Slices in which other
 * processes took CPU do not count.
 */
async function run(load: Load): Promise<Measurement> {
  const tally = {
    latencies: [] as number[],
    errors: 0,
    operations: 0,
    error: undefined as string | undefined,
  };
  const end = performance.now() + load.warmUpMs + load.durationMs;
  const perform = async (work: () => Promise<void>, due: number): Promise<void> => {
    try {
      await work();
      tally.latencies.push(performance.now() - due);
      tally.operations += 1;
    } catch (error) {
      tally.errors += 1;
      tally.error ??= error instanceof Error ? error.message : String(error);
    }
  };
  const running =
    load.rate === undefined ? closedLoop(load, end, perform) : atRate(load, load.rate, end, perform);

  await pause(load.warmUpMs);
  const slices: Slice[] = [];
  let before = readCpu(load.processes);
  [tally.latencies, tally.errors, tally.operations] = [[], 0, 0];
  while (performance.now() < end) {
    await pause(Math.min(SLICE_MS, Math.max(1, end - performance.now())));
    const now = readCpu(load.processes);
    const seconds = now.at - before.at;
    const ours = now.driver + sum(Object.values(now.cpu)) - before.driver - sum(Object.values(before.cpu));
    const { latencies, errors } = tally;
    slices.push({
      ...{ seconds, latencies, errors, foreign: (now.machine - before.machine - ours) / seconds },
      cpu: Object.fromEntries(
        Object.entries(now.cpu).map(([name, used]) => [name, used - (before.cpu[name] ?? 0)]),
      ),
    });
    [before, tally.latencies, tally.errors] = [now, [], 0];
  }
  await running;
  const { operations, error } = tally;
  return { ...summarise(slices), operations, ...(error !== undefined && { error }) };
}

type Perform = (work: () => Promise<void>, due: number) => Promise<void>;

async function closedLoop({ workers }: Load, end: number, perform: Perform): Promise<void> {
  await Promise.all(
    workers.map(async (work) => {
      while (performance.now() < end) await perform(work, performance.now());
    }),
  );
}

async function atRate({ workers }: Load, rate: number, end: number, perform: Perform): Promise<void> {
  const began = performance.now();
  const free = [...workers];
  const waiting: number[] = [];
  const running = new Set<Promise<void>>();
  const next = (): void => {
    for (let work = free.pop(); work; work = free.pop()) {
      const due = waiting.shift();
      if (due === undefined) return void free.push(work);
      const own = work;
      const turn = async (): Promise<void> => {
        await perform(own, due);
        running.delete(done);
        free.push(own);
        next();
      };
      const done = turn();
      running.add(done);
    }
  };
  for (let sent = 0; performance.now() < end;) {
    for (; began + (sent * 1000) / rate <= performance.now(); sent += 1)
      waiting.push(began + (sent * 1000) / rate);
    next();
    await pause(1);
  }
  while (running.size > 0) await Promise.all(running);
}

function readCpu(processes: Processes) {
  const { user, system } = process.cpuUsage();
  const cpu = Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, treeSeconds(pid)]));
  return { at: performance.now() / 1000, cpu, driver: (user + system) / 1e6, machine: machineSeconds() };
}

function summarise(slices: Slice[]): Omit<Measurement, 'operations'> {
  const quiet = slices.filter(({ foreign }) => foreign <= MAX_FOREIGN);
  const kept = quiet.length > 0 ? quiet : slices;
  const total = (pick: (slice: Slice) => number): number => kept.reduce((all, slice) => all + pick(slice), 0);
  const latencies = kept.flatMap((slice) => slice.latencies);
  const names = Object.keys(kept[0]?.cpu ?? {});
  return {
    rate: latencies.length / total(({ seconds }) => seconds),
    ...quantiles(latencies),
    cpu: Object.fromEntries(
      names.map((name) => [name, (total(({ cpu }) => cpu[name] ?? 0) / latencies.length) * 1e6]),
    ),
    errors: slices.reduce((all, slice) => all + slice.errors, 0),
    noise: 1 - quiet.length / slices.length,
  };
}

export function quantiles(times: number[]): { p50: number; p95: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
