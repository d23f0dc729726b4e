import { Counters } from './counters.ts';
import { type Shared, measureIdle, perOperation } from './idle.ts';
import { treeMegabytes } from './cpu.ts';
import { measureCrowds } from './crowd.ts';
import { type Limit, measureLimits } from './limits.ts';
import { LogoutEar, measureLogout } from './logout.ts';
import { type Measurement, type Processes, measure } from './measure.ts';
import { startMchHome } from './mch-home.ts';
import { type PageScenario, pageScenarios, preparePage } from './pages.ts';
import type { Results, ScenarioResult } from './results.ts';
import { type Timing, median, runScenario, summariseRounds } from './rounds.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { servers } from './servers/index.ts';
import { runningOf } from './servers/ours.ts';
import type { RunningServer } from './servers/types.ts';
import { type BenchWorld, startBenchWorld } from './world.ts';

export interface SuiteOptions {
  rounds: number;
  seconds: number;
  /** Keys of scenarios; all when empty. */
  only: string[];
  /** Names of the servers to measure beside ours. */
  against: string[];
  isQuick: boolean;
}

type Say = (text: string) => void;
const PEOPLE = 216;
/** After them, who sign out everywhere. */
const LEAVING = 20;
const CROWD = 200;
const FAN = 100;
const IDLE_SECONDS = 5;
/** A process that has just started compiles what it runs. */
const WARM_MS = 6000;
const REPLICA_SCENARIOS = ['userinfo', 'refresh', 'silent'];

/** Everything that is measured of the protocol and of single pages, at ours and at others beside it. */
export class Suite {
  readonly #options: SuiteOptions;
  readonly #say: Say;
  readonly #world: BenchWorld;
  readonly #ear: LogoutEar;
  readonly #counters: Counters;
  readonly #running = new Map<string, RunningServer>();

  private constructor(
    options: SuiteOptions,
    say: Say,
    world: BenchWorld,
    ear: LogoutEar,
    counters: Counters,
  ) {
    this.#options = options;
    this.#say = say;
    this.#world = world;
    this.#ear = ear;
    this.#counters = counters;
  }

  static async open(options: SuiteOptions, say: Say): Promise<Suite> {
    const ear = await LogoutEar.open();
    const clients = options.isQuick ? 10 : FAN;
    const world = await startBenchWorld(PEOPLE, { fan: { clients, rpOrigin: ear.origin, people: LEAVING } });
    const suite = new Suite(options, say, world, ear, await Counters.open(world.databaseUrl));
    suite.#running.set('ours', runningOf(world));
    for (const name of options.against) {
      const plugin = servers[name];
      if (!plugin) throw new Error(`no server is called ${name}: ${Object.keys(servers).join(', ')}`);
      suite.#running.set(name, await plugin.start(PEOPLE));
    }
    return suite;
  }

  async close(): Promise<void> {
    await this.#counters.close();
    for (const [name, server] of this.#running) if (name !== 'ours') await server.stop();
    await this.#world.stop();
    this.#ear.close();
  }

  async run(): Promise<Omit<Results, 'conditions'>> {
    const { rounds, isQuick } = this.#options;
    const limits: Limit[][] = [];
    const closed = new Map<string, Record<string, Measurement[]>>();
    for (let round = 0; round < rounds; round += 1) {
      this.#say(`round ${round + 1} of ${rounds}`);
      limits.push(await measureLimits(this.#world.databaseUrl, isQuick ? 500 : 1500));
      for (const scenario of this.#chosen(scenarios)) await this.#round(scenario, round, closed);
      for (const page of this.#chosen(pageScenarios)) {
        keep(closed, page.key, 'ours', await this.#page(page, this.#timing()));
      }
    }
    const results: ScenarioResult[] = [];
    const idle = await measureIdle(this.#counters, IDLE_SECONDS);
    for (const scenario of [...this.#chosen(scenarios), ...this.#chosen(pageScenarios)]) {
      results.push(await this.#result(scenario, closed.get(scenario.key) ?? {}, idle));
    }
    if (this.#wants('mch')) results.push(await this.#mch());
    const whole = this.#options.only.length === 0;
    const memoryMb = treeMegabytes(this.#world.idpPid);
    return {
      limits: (limits[0] ?? []).map((limit, at) => ({
        ...limit,
        rate: median(limits.map((each) => each[at]?.rate ?? Number.NaN)),
      })),
      scenarios: results,
      logouts: whole || this.#wants('logout') ? await this.#logouts() : [],
      ...((whole && !isQuick) || this.#options.only.includes('crowd') ? { crowd: await this.#crowd() } : {}),
      twoReplicas:
        (whole && !isQuick) || this.#options.only.includes('replicas') ? await this.#replicas() : [],
      ...{ memoryMb, readyMs: this.#world.readyMs },
    };
  }

  #chosen<T extends { key: string }>(all: T[]): T[] {
    return all.filter(({ key }) => this.#wants(key));
  }

  #wants(key: string): boolean {
    return this.#options.only.length === 0 || this.#options.only.includes(key);
  }

  #timing(): Timing {
    return { warmUpMs: this.#options.isQuick ? 300 : 700, durationMs: this.#options.seconds * 1000 };
  }

  /** One scenario at each server, in another order each round. */
  async #round(
    scenario: Scenario,
    round: number,
    closed: Map<string, Record<string, Measurement[]>>,
  ): Promise<void> {
    const taking = [...this.#running].filter(
      ([name]) => servers[name]?.scenarios?.includes(scenario.key) ?? true,
    );
    for (const [name, server] of round % 2 === 0 ? taking : taking.toReversed()) {
      keep(closed, scenario.key, name, await runScenario(server, scenario, this.#timing()));
    }
  }

  async #page(page: PageScenario, timing: Timing): Promise<Measurement> {
    const processes = this.#ours.processes;
    const prepared = await Promise.all(
      Array.from({ length: page.connections }, (_none, n) => preparePage(page, this.#world.issuer, n)),
    );
    try {
      return await measure({ ...timing, processes, workers: prepared.map(({ work }) => work) });
    } finally {
      for (const { close } of prepared) close();
    }
  }

  /** Adds the run at a fixed rate, counted at the database. */
  async #result(
    scenario: Scenario | PageScenario,
    rounds: Record<string, Measurement[]>,
    idle: Shared,
  ): Promise<ScenarioResult> {
    this.#say(`${scenario.name} at ${scenario.rate}/s`);
    const timing: Timing = { ...this.#timing(), rate: scenario.rate, counters: this.#counters };
    const measured = await ('path' in scenario
      ? this.#page(scenario, timing)
      : runScenario(this.#ours, scenario, timing));
    const { ours = [], bare } = rounds;
    const shares = ours.map(({ rate }, at) => rate / (bare?.[at]?.rate ?? Number.NaN));
    return {
      ...{ key: scenario.key, name: scenario.name },
      closed: Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, summariseRounds(all)])),
      atRate: { asked: scenario.rate, measured, each: perOperation(measured, idle) },
      ...(bare && { ofBare: median(shares) }),
    };
  }

  async #mch(): Promise<ScenarioResult> {
    const { rounds, isQuick } = this.#options;
    const home = await startMchHome(isQuick ? 300 : 3000);
    const prepared = Array.from({ length: 4 }, () => home.prepare());
    try {
      const workers = prepared.map(({ work }) => work);
      const all: Measurement[] = [];
      for (let round = 0; round < rounds; round += 1) {
        all.push(await measure({ ...this.#timing(), processes: home.processes, workers }));
      }
      return { key: 'mch', name: 'MCH home with to-dos', closed: { ours: summariseRounds(all) } };
    } finally {
      for (const { close } of prepared) close();
      await home.stop();
    }
  }

  async #logouts(): Promise<Results['logouts']> {
    const rows: Results['logouts'] = [];
    for (const [clients, count] of this.#options.isQuick
      ? [[10, 3]]
      : [
          [1, LEAVING],
          [10, LEAVING],
          [100, 5],
        ]) {
      this.#say(`logout of ${clients} clients`);
      const people = { first: PEOPLE, count: count ?? 1 };
      rows.push(await measureLogout(this.#ours, this.#ear, clients ?? 1, people, this.#counters));
    }
    return rows;
  }

  #crowd() {
    this.#say(`${CROWD} passwords at once`);
    return measureCrowds(this.#ours, CROWD, this.#options.rounds);
  }

  /** At one rate, so that only what two cost together differs; in turn, once the second has been at work as the first has. */
  async #replicas(): Promise<Results['twoReplicas']> {
    await this.#world.addReplica();
    const [other] = this.#world.others;
    if (!other) return [];
    const both = { ...this.#ours.processes, other: other.pid };
    const rows: Results['twoReplicas'] = [];
    for (const scenario of scenarios.filter(({ key }) => REPLICA_SCENARIOS.includes(key))) {
      this.#say(`${scenario.name} at two replicas`);
      await runScenario(this.#ours, scenario, { warmUpMs: 0, durationMs: WARM_MS }, () => other.url, both);
      const rounds: { one: number; two: number }[] = [];
      for (let round = 0; round < this.#options.rounds; round += 1) {
        const one = await this.#cpuAtRate(scenario, () => undefined);
        const two = await this.#cpuAtRate(scenario, (n) => (n % 2 === 0 ? undefined : other.url), both);
        rounds.push({ one, two });
      }
      const [one, two] = [median(rounds.map((each) => each.one)), median(rounds.map((each) => each.two))];
      rows.push({ name: scenario.name, one, two, ratio: median(rounds.map((each) => each.two / each.one)) });
    }
    return rows;
  }

  /** @returns microseconds an operation, of all `processes` */
  async #cpuAtRate(
    scenario: Scenario,
    via: (n: number) => string | undefined,
    processes?: Processes,
  ): Promise<number> {
    const timing = { warmUpMs: 1000, durationMs: 3000, rate: scenario.rate * 2 };
    const { cpu } = await runScenario(this.#ours, scenario, timing, via, processes);
    return Object.values(cpu).reduce((sum, each) => sum + each, 0);
  }

  get #ours(): RunningServer {
    const ours = this.#running.get('ours');
    if (!ours) throw new Error('not open');
    return ours;
  }
}

function keep(
  all: Map<string, Record<string, Measurement[]>>,
  key: string,
  name: string,
  measured: Measurement,
): void {
  const own = all.get(key) ?? {};
  own[name] = [...(own[name] ?? []), measured];
  all.set(key, own);
}
