import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Counters } from './counters.ts';
import { treeSeconds } from './cpu.ts';
import { type Measurement, type Processes, measure } from './measure.ts';
import { type PageScenario, pageScenarios, preparePage } from './pages.ts';
import type { Population } from './population/world.ts';
import { openPopulation } from './population/world.ts';
import { table } from './report.ts';
import { type Timing, median, runScenario } from './rounds.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { runningOf } from './servers/ours.ts';
import { MOST_GROWTH } from './targets.ts';
import { type BenchWorld, startBenchWorld } from './world.ts';

/*
 * npm run bench -- --scale [--sizes 1000,100000,1000000] [--bindings 3] [--seconds 2] [--rounds 3] [--only KEY,KEY]
 *   [--forget]
 *
 * Every scenario over a small and a large population, in turn: CPU and pages of the database an operation, and how they
 * grow; medians of the rounds. Populations are made once and kept under .data/bench; `--forget` removes each when it was
 * measured. Up to ten million accounts and fifty million bindings (`--bindings 5`), as far as the disk goes: about 6 KB
 * an account.
 */
interface Cost {
  cpu: number;
  buffers: number;
  p99: number;
  errors: number;
}

/** One population with a provider of its own. */
interface Scaled {
  accounts: number;
  world: BenchWorld;
  counters: Counters;
  close: (forget: boolean) => Promise<void>;
}

const PEOPLE = 16;
const IDLE_MS = 4000;
/** Of a core. */
const QUIET = 0.05;
const LONGEST_TRIES = 90;
const SETTINGS = [
  ...['shared_buffers=1GB', 'random_page_cost=1.1', 'effective_cache_size=4GB'],
  'shared_preload_libraries=pg_stat_statements',
];

/** @returns whether no operation costs more than it may at the largest size */
export async function benchScale(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      scale: { type: 'boolean' },
      sizes: { type: 'string', default: '1000,100000,1000000' },
      bindings: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      forget: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',').filter((key) => key !== '');
  const wanted = [...scenarios, ...pageScenarios].filter(
    ({ key }) => only.length === 0 || only.includes(key),
  );
  const durationMs = Number(values.seconds) * 1000;
  const made: string[] = [];
  const sizes: Scaled[] = [];
  const rows = [];
  try {
    for (const accounts of values.sizes.split(',').map(Number)) {
      const from = performance.now();
      sizes.push(await openScaled(accounts, Number(values.bindings)));
      made.push(`${accounts.toLocaleString('en')} accounts ready after ${seconds(from)} s`);
    }
    for (const { world } of sizes) await settle(world);
    for (const scenario of wanted) {
      process.stderr.write(`${scenario.name}\n`);
      rows.push({
        name: scenario.name,
        ...(await compare(sizes, scenario, Number(values.rounds), durationMs)),
      });
    }
  } finally {
    for (const { close } of sizes) await close(values.forget);
  }
  const text = [
    made.join('; '),
    table(
      [
        'scenario',
        ...sizes.flatMap(({ accounts }) =>
          ['µs', 'pages', 'p99 ms'].map((name) => `${short(accounts)} ${name}`),
        ),
        ...['CPU ×', 'pages ×', ''],
      ],
      rows.map(({ name, all, growth, holds }) => [
        name,
        ...all.flatMap(({ cpu, buffers, p99 }) => [
          String(Math.round(cpu)),
          buffers.toFixed(1),
          p99.toFixed(1),
        ]),
        ...growth.map((times) => times.toFixed(2)),
        holds ? 'holds' : '**grows**',
      ]),
    ),
  ].join('\n\n');
  const folder = path.resolve(import.meta.dirname, '../.data/bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'scale.md'), text);
  process.stdout.write(`${text}\n`);
  return rows.every(({ holds }) => holds);
}

async function openScaled(accounts: number, bindings: number): Promise<Scaled> {
  const say = (text: string) => void process.stderr.write(`${accounts}: ${text}\n`);
  const population = await openPopulation(populationOf(accounts, bindings), say, SETTINGS);
  const { server, keys, folder } = population;
  try {
    const database = { url: server.url('idp'), pid: server.pid, keys };
    const world = await startBenchWorld(PEOPLE, { database });
    const counters = await Counters.open(database.url);
    const close = async (forget: boolean): Promise<void> => {
      await counters.close();
      await world.stop();
      await server.stop();
      if (forget) rmSync(folder, { recursive: true, force: true });
    };
    return { accounts, world, counters, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Round by round each size in turn, so that a machine that changes its speed changes it for all. */
async function compare(
  sizes: Scaled[],
  scenario: Scenario | PageScenario,
  rounds: number,
  durationMs: number,
): Promise<{ all: Cost[]; growth: number[]; holds: boolean }> {
  const costs = sizes.map((): Cost[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [at, scaled] of sizes.entries())
      costs[at]?.push(await costOf(scaled, scenario, durationMs, round === 0));
  const of = (taken: Cost[], key: keyof Cost): number => median(taken.map((cost) => cost[key]));
  const all = costs.map((taken) => ({
    ...{ cpu: of(taken, 'cpu'), buffers: of(taken, 'buffers'), p99: of(taken, 'p99') },
    errors: taken.reduce((sum, { errors }) => sum + errors, 0),
  }));
  const [smallest = [], largest = []] = [costs[0], costs.at(-1)];
  const times = (key: 'cpu' | 'buffers', least: number): number =>
    median(largest.map((cost, round) => cost[key] / Math.max(least, smallest[round]?.[key] ?? Number.NaN)));
  const growth = [times('cpu', 0), times('buffers', 1)];
  const isWhole = all.every(({ errors }) => errors === 0);
  return { all, growth, holds: isWhole && growth.every((grown) => grown <= MOST_GROWTH) };
}

async function costOf(
  { world, counters }: Scaled,
  scenario: Scenario | PageScenario,
  durationMs: number,
  isFirst: boolean,
): Promise<Cost> {
  const processes = { server: world.idpPid, ...(await counters.answering()) };
  const measured = await ('path' in scenario
    ? measurePage(world, scenario, { warmUpMs: 0, durationMs, counters, processes })
    : measureProtocol(world, scenario, { warmUpMs: 0, durationMs, counters }, processes, isFirst));
  const { cpu, counts, counted = 1, p99, errors } = measured;
  return {
    cpu: Object.values(cpu).reduce((sum, each) => sum + each, 0),
    buffers: (counts?.buffers ?? Number.NaN) / counted,
    ...{ p99, errors },
  };
}

async function measureProtocol(
  world: BenchWorld,
  scenario: Scenario,
  timing: Timing,
  processes: Processes,
  isFirst: boolean,
): Promise<Measurement> {
  const server = runningOf(world);
  if (isFirst) await runScenario(server, scenario, { warmUpMs: 0, durationMs: 1000 });
  return runScenario(server, scenario, timing, undefined, processes);
}

async function measurePage(
  world: BenchWorld,
  page: PageScenario,
  timing: Omit<Parameters<typeof measure>[0], 'workers'>,
): Promise<Measurement> {
  const { work, close } = await preparePage(page, world.issuer, 0);
  try {
    return await measure({ ...timing, workers: [work] });
  } finally {
    close();
  }
}

/** Of a country's proportions, whatever its size. */
function populationOf(accounts: number, bindings: number): Population {
  return {
    units: Math.max(300, Math.round(accounts * 0.3)),
    ...{ accounts, subsystemAccounts: accounts * bindings, events: accounts },
    waiting: Math.max(100, Math.round(accounts * 0.05)),
    seed: 1,
  };
}

/** Waits until what begins with a process, its jobs' first turns above all, is over. */
async function settle(world: BenchWorld): Promise<void> {
  const used = (): number => treeSeconds(world.idpPid) + treeSeconds(world.databasePid ?? 0);
  for (let tries = 0; tries < LONGEST_TRIES; tries += 1) {
    const before = used();
    await sleep(IDLE_MS);
    if (used() - before < (QUIET * IDLE_MS) / 1000) return;
  }
}

const seconds = (from: number): string => ((performance.now() - from) / 1000).toFixed(0);
const short = (size: number): string =>
  size >= 1_000_000 ? `${size / 1_000_000} M` : size >= 1000 ? `${size / 1000} k` : String(size);
