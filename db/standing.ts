import type pg from 'pg';

/** One connection of a process that stays: it hears notifications and may hold session locks. */
export interface Standing {
  /** Runs a statement on it. @throws when it is lost, or does not answer in time */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  readonly isUp: boolean;
  /** How often it was lost so far. */
  readonly losses: number;
  close(): Promise<void>;
}

export interface StandingOptions {
  /** Opens the connection, past any pooler. */
  connect: () => Promise<pg.Client>;
  channels: string[];
  /** Told of each message, and once with each channel after a reconnection: some may have been lost meanwhile. */
  onMessage: (channel: string) => void;
  onLost?: (why: string) => void;
  /** It is asked for a sign of life so often, and given up when none comes for twice as long. */
  heartbeatMs?: number;
}

const RETRY_MS = 250;
const HEARTBEAT_MS = 1000;
/** An answer may take so many times the interval. */
const ANSWER_BEATS = 2;

/**
 * Keeps a connection of its own to PostgreSQL, listening on `channels`. A connection can be dead without a word: a
 * firewall forgot it, a machine lost its power. So it is asked for a sign of life each second, given up after two more,
 * and replaced at once. Whoever relies on messages also polls: one lost meanwhile only comes later.
 */
export async function openStanding(options: StandingOptions): Promise<Standing> {
  const standing = new StandingConnection(options);
  await standing.open();
  return standing;
}

class StandingConnection implements Standing {
  readonly #options: StandingOptions;
  readonly #heartbeatMs: number;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #ended = false;
  /** One statement after the other. */
  #last: Promise<void> = Promise.resolve();
  losses = 0;

  constructor(options: StandingOptions) {
    this.#options = options;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = this.#client;
    if (!client) throw new Error('Connection terminated: the standing connection is being replaced');
    const turn = this.#last.then(() => this.#ask<Row>(client, text, values));
    this.#last = turn.then(
      () => {},
      () => {},
    );
    return turn;
  }

  async open(): Promise<void> {
    const { connect, channels, onMessage } = this.#options;
    const client = await connect();
    client.on('error', () => {}); // followed by 'end'
    client.once('end', () => this.#lost(client, 'it ended'));
    client.on('notification', ({ channel }) => onMessage(channel));
    if (channels.length > 0) await this.#ask(client, channels.map((name) => `listen ${name}`).join(';'));
    if (this.#ended) return void client.end();
    this.#client = client;
    this.#beat = setInterval(() => {
      this.query('select 1').catch(() => {}); // it is given up where it is asked
    }, this.#heartbeatMs);
    this.#beat.unref();
  }

  async close(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    await this.#client?.end();
  }

  async #ask<Row extends pg.QueryResultRow>(
    client: pg.Client,
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    let answered = false;
    const timer = setTimeout(() => {
      // what arrived while this process stood still is read first
      setImmediate(() => {
        if (answered) return;
        this.#lost(client, 'it did not answer');
        hangUp(client);
      });
    }, this.#heartbeatMs * ANSWER_BEATS);
    try {
      // without values it may hold several statements
      const result = await (values.length > 0 ? client.query<Row>(text, values) : client.query<Row>(text));
      return result.rows;
    } finally {
      answered = true;
      clearTimeout(timer);
    }
  }

  #lost(client: pg.Client, why: string): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#beat);
    if (this.#ended) return;
    this.losses += 1;
    this.#options.onLost?.(why);
    this.#retry(0);
  }

  #retry(inMs: number): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.open().then(
        () => this.#options.channels.forEach((channel) => this.#options.onMessage(channel)),
        () => this.#retry(RETRY_MS),
      );
    }, inMs);
  }
}

/** A connection that does not answer does not answer a goodbye either. */
function hangUp(client: pg.Client): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  stream.destroy();
}
