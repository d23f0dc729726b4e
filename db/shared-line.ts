import type pg from 'pg';

/** After a connection could not be made the next one waits; readers take their ways meanwhile. */
const PAUSE_MS = 1000;

/**
 * One connection that all readers of a process share: what is asked in one turn of the event loop goes out as one
 * write and is answered in that order, each statement with a transaction, and a failure, of its own. A server that
 * is sent twenty reads is woken once, not twenty times; and a reader never waits for a connection behind writers.
 */
export class SharedLine {
  readonly #open: () => Promise<pg.Client>;
  #client: pg.Client | undefined;
  #opening: Promise<pg.Client | undefined> | undefined;
  #failedAt = -Infinity;
  #isCorked = false;
  #isClosed = false;

  /** @param open a connected client that sends on without waiting for answers */
  constructor(open: () => Promise<pg.Client>) {
    this.#open = open;
  }

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  /** The connection, opened where there is none; undefined when it cannot be. */
  client(): pg.Client | Promise<pg.Client | undefined> {
    return this.#client ?? (this.#opening ??= this.#connect().finally(() => (this.#opening = undefined)));
  }

  /** What is sent until the event loop has looked at everything that came in goes out together. */
  gather(client: pg.Client): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    const { stream } = client.connection;
    stream.cork();
    setImmediate(() => {
      this.#isCorked = false;
      stream.uncork();
    });
  }

  /** @param client one that is not to be used again */
  drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client ?? (await this.#opening);
    this.#client = undefined;
    await client?.end();
  }

  async #connect(): Promise<pg.Client | undefined> {
    if (this.#isClosed || performance.now() - this.#failedAt < PAUSE_MS) return undefined;
    try {
      const client = await this.#open();
      client.once('end', () => this.drop(client));
      this.#client = client;
      return client;
    } catch {
      this.#failedAt = performance.now();
      return undefined;
    }
  }
}
