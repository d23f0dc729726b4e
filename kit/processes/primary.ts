import cluster, { type Worker } from 'node:cluster';
import { HURRY, RETIRE } from '../life.ts';
import type { Log } from '../log.ts';
import { MOST_DEATHS, countDeaths, decideRestart } from './policy.ts';
import { BEAT_MS, workersArgument } from './worker.ts';

export interface PrimaryOptions {
  /** What each worker runs: a program that serves on a port of the settings. */
  file: string;
  count: number;
  /** A worker silent for so long is killed. */
  hangMs: number;
  heapMb: number;
  /** From a stop's beginning until what still runs is killed. */
  stopMs: number;
}

interface Member {
  worker: Worker;
  startedAt: number;
  readyAt: number | undefined;
  heardAt: number;
  /** Was told to end, so its end is no death. */
  leaving: boolean;
  ready: Promise<boolean>;
}

const START_MS = 120_000;

/**
 * How Node runs a worker. The space for young objects, which grows to three times 32 MB otherwise and is never given
 * back, is held at a quarter. Half as much takes some tenth more time to collect, twice as much 11 MB more. And V8 may not
 * make at once old what it thinks will stay: it learns that while a process starts, is wrong from then on, and each such
 * object keeps its whole request alive until the next full collection: docs/performance.md.
 */
export const workerFlags = (heapMb: number): string[] => [
  '--disable-warning=ExperimentalWarning',
  `--max-old-space-size=${heapMb}`,
  '--max-semi-space-size=8',
  '--no-allocation-site-pretenuring',
];

/**
 * Keeps `count` workers behind one port and does nothing else: it holds the listening socket, hands each connection
 * to the next worker, replaces whoever dies or hangs, replaces all of them one by one on SIGHUP, ends them on SIGTERM.
 * Because the socket is never closed in between, no connection meets a closed door.
 * @returns the exit code: 0 after a stop, else what went wrong was said in the log
 */
export async function runPrimary(options: PrimaryOptions, log: Log): Promise<number> {
  return new Primary(options, log).run();
}

class Primary {
  readonly #options: PrimaryOptions;
  readonly #log: Log;
  readonly #members = new Set<Member>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #deaths = 0;
  #stopping = false;
  #complete = false;
  #rolling: Promise<void> = Promise.resolve();
  #finish: (exitCode: number) => void = () => {};

  constructor(options: PrimaryOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.setupPrimary({
      exec: options.file,
      args: [workersArgument(options.count)],
      execArgv: workerFlags(options.heapMb),
    });
  }

  async run(): Promise<number> {
    const finished = new Promise<number>((resolve) => (this.#finish = resolve));
    const stop = (): void => this.#stop();
    const roll = (): void => {
      this.#rolling = this.#rolling.then(() => this.#roll());
    };
    process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', roll);
    process.on('disconnect', stop);
    const beats = this.#watchBeats();
    this.#start();
    const exitCode = await finished;
    clearInterval(beats);
    for (const timer of this.#timers) clearTimeout(timer);
    return exitCode;
  }

  /** One first: it brings the database up to date, and what it complains of need not be heard from each. */
  #fill(): void {
    while (!this.#stopping && this.#members.size < this.#options.count) this.#start();
    if (this.#complete || this.#stopping || this.#serving() < this.#options.count) return;
    this.#complete = true;
    this.#log.info({ workers: this.#serving() }, 'serving');
    process.send?.({ ready: true, workers: this.#serving() });
  }

  #serving(): number {
    return [...this.#members].filter(({ readyAt, leaving }) => readyAt !== undefined && !leaving).length;
  }

  #start(): Member {
    const worker = cluster.fork();
    const now = performance.now();
    const member: Member = {
      worker,
      startedAt: now,
      readyAt: undefined,
      heardAt: now,
      leaving: false,
      ready: new Promise((resolve) => {
        worker.on('message', (said: unknown) => {
          member.heardAt = performance.now();
          if (!(said instanceof Object && 'ready' in said)) return;
          member.readyAt ??= member.heardAt;
          resolve(true);
          this.#fill();
        });
        worker.once('exit', () => resolve(false));
      }),
    };
    this.#members.add(member);
    worker.on('error', (error) => this.#log.error({ err: error }, 'a worker could not be told something'));
    worker.once('exit', (code, signal) => this.#buried(member, code, signal));
    return member;
  }

  #buried(member: Member, code: number | null, signal: string | null): void {
    this.#members.delete(member);
    const { pid } = member.worker.process;
    if (this.#stopping) {
      if (this.#members.size === 0) this.#finish(0);
      return;
    }
    if (member.leaving) return;
    const { readyAt } = member;
    const readyForMs = readyAt === undefined ? undefined : Math.round(performance.now() - readyAt);
    // before anybody ever served: a setting, the database or the port, told by the worker in its own sentence
    if (!this.#complete && readyAt === undefined && this.#members.size === 0 && code === 1) {
      return this.#finish(1);
    }
    this.#deaths = countDeaths(this.#deaths, { readyForMs });
    const decision = decideRestart(this.#deaths, this.#serving());
    const facts = { worker: pid, exitCode: code, signal, readyForMs, deaths: this.#deaths };
    if (decision === 'give_up') {
      this.#log.fatal(facts, `workers ended ${MOST_DEATHS} times in a row and none serves: giving up`);
      this.#stopping = true;
      for (const each of this.#members) each.worker.process.kill('SIGKILL');
      return this.#finish(1);
    }
    this.#log.error({ ...facts, againInMs: decision }, 'a worker ended and is replaced');
    this.#later(decision, () => {
      if (!this.#stopping) this.#start();
    });
  }

  #stop(): void {
    const hurried = this.#stopping;
    this.#stopping = true;
    if (this.#members.size === 0) return this.#finish(0);
    for (const { worker } of this.#members) {
      if (hurried) worker.send(HURRY, () => {});
      else worker.process.kill('SIGTERM');
    }
    if (hurried) return;
    this.#later(this.#options.stopMs, () => {
      for (const { worker } of this.#members) worker.process.kill('SIGKILL');
    });
  }

  async #roll(): Promise<void> {
    const old = [...this.#members].filter(({ leaving }) => !leaving);
    this.#log.info({ workers: old.length }, 'replacing every worker');
    for (const member of old) {
      if (this.#stopping) return;
      if (!this.#members.has(member)) continue;
      const next = this.#start();
      next.leaving = true; // its failure ends the roll and is no death of a worker in service
      if (!(await next.ready)) {
        this.#log.error('a new worker did not come up: the old ones stay');
        return;
      }
      next.leaving = false;
      member.leaving = true;
      const gone = new Promise((resolve) => member.worker.once('exit', resolve));
      if (member.worker.isDead()) continue;
      member.worker.send(RETIRE, () => {});
      const timer = this.#later(this.#options.stopMs, () => member.worker.process.kill('SIGKILL'));
      await gone;
      clearTimeout(timer);
    }
    this.#log.info({ workers: this.#serving() }, 'every worker was replaced');
  }

  /** A stretch in which this process itself stood still says nothing about the workers. */
  #watchBeats(): NodeJS.Timeout {
    let last = performance.now();
    return setInterval(() => {
      const now = performance.now();
      const slept = now - last - BEAT_MS > BEAT_MS;
      last = now;
      for (const member of this.#members) {
        if (slept) member.heardAt = now;
        const silentMs = Math.round(now - member.heardAt);
        const allowed = member.readyAt === undefined ? START_MS : this.#options.hangMs;
        if (silentMs < allowed) continue;
        const { pid } = member.worker.process;
        this.#log.error({ worker: pid, silentMs }, 'a worker hangs and is killed');
        member.worker.process.kill('SIGKILL');
        member.heardAt = now;
      }
    }, BEAT_MS);
  }

  #later(ms: number, deed: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      deed();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
}
