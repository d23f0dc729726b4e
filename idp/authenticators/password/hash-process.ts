import { type ChildProcess, fork } from 'node:child_process';
import { Fault } from '#kit/errors.ts';
import type { HashAnswer, HashJob } from './hash-job.ts';

interface Pending {
  job: HashJob;
  tries: number;
  since: number;
  resolve: (answer: HashAnswer) => void;
  reject: (error: Error) => void;
}

export interface HashProcessOptions {
  /** Jobs computed at once, at most. */
  lanes: number;
  /** As many just now; all lanes without it. */
  lanesNow?: () => number;
  /** Jobs that may wait; beyond it callers are told to come back. */
  queueLimit: number;
  onRestart: (exitCode: number | null) => void;
}

/** What the hashing process has done so far. */
export interface HashState {
  waiting: number;
  done: number;
  waitSeconds: number;
  refused: number;
  restarts: number;
}

const WORKER = new URL('./hash-worker.ts', import.meta.url);
const MAX_TRIES = 2;

/** Runs hash jobs in a child process of lower priority, replaced when it dies. */
export class HashProcess {
  readonly #options: HashProcessOptions;
  readonly #waiting: Pending[] = [];
  readonly #running = new Map<number, Pending>();
  #child: ChildProcess | undefined;
  #stopped = false;
  #lastId = 0;
  readonly #tally = { done: 0, waitSeconds: 0, refused: 0, restarts: 0 };

  constructor(options: HashProcessOptions) {
    this.#options = options;
  }

  get state(): HashState {
    return { waiting: this.#waiting.length, ...this.#tally };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws Fault service_busy when the queue is full, the child keeps dying, or this has been stopped */
  run(job: Omit<HashJob, 'id'>): Promise<HashAnswer> {
    if (this.#stopped || this.#waiting.length >= this.#options.queueLimit) {
      this.#tally.refused += 1;
      return Promise.reject(new Fault('service_busy'));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job: { ...job, id }, tries: 0, since: performance.now(), resolve, reject });
      this.#pump();
    });
  }

  /** Ends the child; jobs still open are refused. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#child;
    this.#refuse([...this.#waiting.splice(0), ...this.#running.values()]);
    this.#running.clear();
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  #pump(): void {
    const { lanes, lanesNow } = this.#options;
    while (this.#running.size < (lanesNow?.() ?? lanes)) {
      const next = this.#waiting.shift();
      if (!next) return;
      next.tries += 1;
      this.#tally.waitSeconds += (performance.now() - next.since) / 1000;
      this.#running.set(next.job.id, next);
      this.#child ??= this.#start();
      // an unsent job is not lost: the child's exit hands it to the next one
      this.#child.send(next.job, () => {});
    }
  }

  #start(): ChildProcess {
    const child = fork(WORKER, {
      // nothing of our configuration: the child must not hold the master keys
      env: {
        UV_THREADPOOL_SIZE: String(this.#options.lanes),
        SystemRoot: process.env['SystemRoot'],
      },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (answer) => this.#settle(answer as HashAnswer));
    child.once('error', () => this.#replace(child, null));
    child.once('exit', (code) => this.#replace(child, code));
    return child;
  }

  #settle(answer: HashAnswer): void {
    const pending = this.#running.get(answer.id);
    this.#running.delete(answer.id);
    this.#tally.done += 1;
    if (answer.error === undefined) pending?.resolve(answer);
    else pending?.reject(new Error(`argon2: ${answer.error}`));
    this.#pump();
  }

  #replace(child: ChildProcess, code: number | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#stopped) return;
    this.#tally.restarts += 1;
    this.#options.onRestart(code);
    const lost = [...this.#running.values()];
    this.#running.clear();
    this.#refuse(lost.filter((pending) => pending.tries >= MAX_TRIES));
    this.#waiting.unshift(...lost.filter((pending) => pending.tries < MAX_TRIES));
    this.#pump();
  }

  #refuse(jobs: Pending[]): void {
    for (const job of jobs) job.reject(new Fault('service_busy'));
  }
}
