import { writeSync } from 'node:fs';

export interface LogOutputOptions {
  /** Bytes that may wait for a reader; what comes then is dropped and counted. */
  limit: number;
  /** Writes without waiting; throws EAGAIN when the reader takes no more. @returns how many bytes it took */
  write: (bytes: Buffer) => number;
}

const RETRY_MS = 50;
const CHUNK = 64 * 1024;

/**
 * Where log lines go: collected through one turn of the event loop, written without waiting, and dropped once too
 * many wait. A reader that stands still holds up neither a request nor the end of the process (R16).
 */
export class LogOutput {
  readonly #options: LogOutputOptions;
  #waiting: Buffer[] = [];
  #size = 0;
  #isDue = false;
  #dropped = 0;

  constructor(options: LogOutputOptions) {
    this.#options = options;
    process.once('exit', () => this.#drain());
  }

  /** Lines lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  get waitingBytes(): number {
    return this.#size;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#size + bytes.length > this.#options.limit) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    if (this.#drain()) this.#isDue = false;
    else setTimeout(() => this.#turn(), RETRY_MS).unref();
  }

  /** @returns whether everything is written */
  #drain(): boolean {
    while (this.#size > 0) {
      const all = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting);
      const written = all && this.#tryWrite(all.subarray(0, CHUNK));
      if (all === undefined || written === undefined) return this.#size === 0;
      this.#size -= written;
      this.#waiting = this.#size > 0 ? [all.subarray(written)] : [];
    }
    return true;
  }

  #tryWrite(bytes: Buffer): number | undefined {
    try {
      return this.#options.write(bytes);
    } catch (error) {
      if (isFull(error)) return undefined;
      // no reader, no space: what waited is lost, and the service goes on
      this.#dropped += this.#waiting.length;
      this.#waiting = [];
      this.#size = 0;
      return undefined;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

/** Standard output, which Node makes non-blocking as soon as it is looked at, when it is a pipe or a socket. */
export function standardOutput(limit: number): LogOutput {
  const { fd } = process.stdout;
  return new LogOutput({ limit, write: (bytes) => writeSync(fd, bytes) });
}
