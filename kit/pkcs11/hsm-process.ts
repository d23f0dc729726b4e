import { type ChildProcess, fork } from 'node:child_process';
import type { TokenAnswer, TokenJob } from './process.ts';

/** The token cannot be reached or refuses: passing, or for the operator to mend. */
export class HsmError extends Error {
  override readonly name = 'HsmError';
  readonly code = 'HSM_UNAVAILABLE';
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A busy machine takes long to start a process; that says nothing of the token, whose time begins then. */
const START_MS = 30_000;

/** A process with one session of the token. It is ended when a call hangs, and never used again. */
export class HsmProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #timeoutMs: number;
  readonly #started = Promise.withResolvers<void>();
  #lastId = 0;
  #ended = false;

  constructor({ timeoutMs, environment }: { timeoutMs: number; environment: Record<string, string> }) {
    this.#timeoutMs = timeoutMs;
    this.#child = fork(new URL('./process.ts', import.meta.url), {
      env: environment, // nothing of ours: the vendor's library must not see the master keys
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.once('message', () => {
      this.#started.resolve();
      this.#child.on('message', (answer) => this.#settle(answer as TokenAnswer));
    });
    this.#child.once('error', (error) => this.end(error));
    this.#child.once('exit', (code) => this.end(new Error(`its process ended (${code ?? 'killed'})`)));
    // a program that has nothing else to do may end
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get busy(): number {
    return this.#waiting.size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @throws HsmError when the token refuses, or does not answer in time */
  async ask(deed: TokenJob['deed']): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = (this.#lastId += 1);
    this.#waiting.set(id, { resolve, reject });
    let timer = this.#limit(START_MS, 'it did not start');
    void this.#started.promise.then(() => {
      clearTimeout(timer);
      if (this.#ended) return;
      timer = this.#limit(this.#timeoutMs, 'no answer');
      this.#child.send({ id, deed } satisfies TokenJob, (error) => error && this.end(error));
    });
    return promise.finally(() => clearTimeout(timer));
  }

  #limit(ms: number, what: string): NodeJS.Timeout {
    return setTimeout(() => this.end(new Error(`${what} within ${ms} ms`)), ms);
  }

  /** Kills the process; everybody who waits for it is told `reason`. */
  end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#child.kill('SIGKILL');
    for (const waits of this.#waiting.values()) waits.reject(refusal(reason));
    this.#waiting.clear();
  }

  #settle({ id, result, error }: TokenAnswer): void {
    const waits = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waits?.resolve(result);
    else waits?.reject(refusal(error));
  }
}

function refusal(reason: unknown): HsmError {
  if (reason instanceof HsmError) return reason;
  return new HsmError(`the HSM: ${reason instanceof Error ? reason.message : String(reason)}`);
}
