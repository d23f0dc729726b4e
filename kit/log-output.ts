import { writeSync } from 'node:fs';

export interface LogOutputOptions {
  /** Bytes that may wait for a reader; what comes then is dropped and counted. */
  limit: number;
  /** Writes without waiting; throws EAGAIN when the reader takes no more. @returns how many bytes it took */
  write: (bytes: Buffer) => number;
}

const RETRY_MS = 50;
/** Lines of so long are written at once: each write costs more than a line. */
const GATHER_MS = 10;
const CHUNK = 64 * 1024;

/**
 * Where log lines go: gathered for a moment, written without waiting, and dropped once too
 * many wait. A reader that stands still holds up neither a request nor the end of the process (R16).
 */
export class LogOutput {
  readonly #options: LogOutputOptions;
  #waiting: (Buffer | string)[] = [];
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
    const size = Buffer.byteLength(line);
    if (this.#size + size > this.#options.limit) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#size += size;
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => this.#turn(), GATHER_MS).unref();
  }

  #turn(): void {
    if (this.#drain()) this.#isDue = false;
    else setTimeout(() => this.#turn(), RETRY_MS).unref();
  }

  /** @returns whether everything is written */
  #drain(): boolean {
    while (this.#size > 0) {
      const all = gather(this.#waiting);
      this.#waiting = [all];
      const written = this.#tryWrite(all.subarray(0, CHUNK));
      if (written === undefined) return this.#size === 0;
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
      this.#dropped += this.#waiting.reduce((lines, part) => lines + String(part).split('\n').length - 1, 0);
      this.#waiting = [];
      this.#size = 0;
      return undefined;
    }
  }
}

function gather(parts: (Buffer | string)[]): Buffer {
  const [first] = parts;
  if (typeof first !== 'string' && first && parts.length === 1) return first;
  if (typeof first === 'string') return Buffer.from(parts.join(''));
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

/** Standard output, which Node makes non-blocking as soon as it is looked at, when it is a pipe or a socket. */
export function standardOutput(limit: number): LogOutput {
  const { fd } = process.stdout;
  return new LogOutput({ limit, write: (bytes) => writeSync(fd, bytes) });
}
