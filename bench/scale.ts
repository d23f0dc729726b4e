import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Counters } from './counters.ts';
import { treeSeconds } from './cpu.ts';
import { type Measurement, measure } from './measure.ts';
import { pageScenarios, preparePage } from './pages.ts';
import type { Population } from './population/world.ts';
import { openPopulation } from './population/world.ts';
import { table } from './report.ts';
import { runScenario } from './rounds.ts';
import { scenarios } from './scenarios.ts';
import { runningOf } from './servers/ours.ts';
import { MOST_GROWTH } from './targets.ts';
import { type BenchWorld, startBenchWorld } from './world.ts';

/*
 * npm run bench -- --scale [--sizes 1000,100000,1000000] [--bindings 3] [--seconds 3] [--only KEY,KEY] [--forget]
 *
 * Every scenario over a small and a large population: CPU and pages of the database an operation, and how they grow.
 * Populations are made once and kept under .data/bench; `--forget` removes each when it was measured. Up to ten million
 * accounts and fifty million bindings (`--bindings 5`), as far as the disk goes: about 6 KB an account.
 */
interface Cost {
  cpu: number;
  buffers: number;
  p99: number;
  errors: number;
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
      seconds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      forget: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',').filter((key) => key !== '');
  const sizes = values.sizes.split(',').map(Number);
  const durationMs = Number(values.seconds) * 1000;
  const costs = new Map<number, Map<string, Cost>>();
  const made: string[] = [];
  for (const accounts of sizes) {
    const from = performance.now();
    const say = (text: string) => void process.stderr.write(`${accounts}: ${text}\n`);
    const world = await openPopulation(populationOf(accounts, Number(values.bindings)), say, SETTINGS);
    made.push(`${accounts.toLocaleString('en')} accounts ready after ${seconds(from)} s`);
    try {
      const { pid } = world.server;
      const database = { url: world.server.url('idp'), pid, keys: world.keys };
      costs.set(accounts, await measureAll(database, only, durationMs, say));
    } finally {
      await world.server.stop();
      if (values.forget) rmSync(world.folder, { recursive: true, force: true });
    }
  }
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)];
  const rows = [...(costs.get(smallest) ?? [])].map(([name, small]) => {
    const all = sizes.map((size) => costs.get(size)?.get(name) ?? small);
    const large = costs.get(largest)?.get(name) ?? small;
    const growth = [large.cpu / small.cpu, large.buffers / Math.max(1, small.buffers)];
    return { name, all, growth, holds: growth.every((times) => times <= MOST_GROWTH) };
  });
  const text = [
    made.join('; '),
    table(
      [
        'scenario',
        ...sizes.flatMap((size) => [`${short(size)} µs`, `${short(size)} pages`, `${short(size)} p99 ms`]),
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

/** Of a country's proportions, whatever its size. */
function populationOf(accounts: number, bindings: number): Population {
  return {
    units: Math.max(300, Math.round(accounts * 0.3)),
    ...{ accounts, subsystemAccounts: accounts * bindings, events: accounts },
    waiting: Math.max(100, Math.round(accounts * 0.05)),
    seed: 1,
  };
}

async function measureAll(
  database: { url: string; pid: number | undefined; keys: string },
  only: string[],
  durationMs: number,
  say: (text: string) => void,
): Promise<Map<string, Cost>> {
  const world = await startBenchWorld(PEOPLE, { database });
  const counters = await Counters.open(database.url);
  const costs = new Map<string, Cost>();
  const wanted = <T extends { key: string }>(all: T[]): T[] =>
    all.filter(({ key }) => only.length === 0 || only.includes(key));
  await settle(world);
  const costOf = ({ cpu, counts, counted = 1, p99, errors }: Measurement): Cost => ({
    cpu: Object.values(cpu).reduce((sum, each) => sum + each, 0),
    buffers: (counts?.buffers ?? Number.NaN) / counted,
    ...{ p99, errors },
  });
  try {
    const server = runningOf(world);
    const answering = async () => ({ server: world.idpPid, ...(await counters.answering()) });
    for (const scenario of wanted(scenarios)) {
      say(scenario.name);
      await runScenario(server, scenario, { warmUpMs: 0, durationMs: 1000 });
      const timing = { warmUpMs: 0, durationMs, counters };
      const measured = await runScenario(server, scenario, timing, undefined, await answering());
      costs.set(scenario.name, costOf(measured));
    }
    for (const page of wanted(pageScenarios)) {
      say(page.name);
      const { work, close } = await preparePage(page, world.issuer, 0);
      const timing = { warmUpMs: 0, durationMs, processes: await answering(), counters };
      costs.set(page.name, costOf(await measure({ ...timing, workers: [work] })));
      close();
    }
  } finally {
    await counters.close();
    await world.stop();
  }
  return costs;
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
