import pg from 'pg';
import { NoAnswer, isConnectionLost, isSqlState, isWrongServer } from './failures.ts';
import { sendPrepared } from './prepared-query.ts';
import { Servers } from './servers.ts';
import { SharedLine } from './shared-line.ts';

export interface PoolOptions {
  url: string;
  connections: number;
  applicationName: string;
  /** Settings of each session as PostgreSQL takes them at its start: `-c name=value …`. */
  session: string;
  /** How long a request waits for a connection, and a connection for its server. */
  waitMs: number;
  /** After that long without an answer the connection is given up; undefined waits for ever. */
  answerMs: number | undefined;
  /** Besides, one connection that reads share. */
  sharesReads?: boolean;
  onConnectionLost: (error: Error) => void;
}

const IDLE_MS = 60_000;
const PROBE_AFTER_MS = 5000;
const READ_ONLY = '25006';
const MAX_TRIES = 3;

/** Connections to the primary. Those to a server that no longer is the primary are not used again. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #servers: Servers;
  readonly #pool: pg.Pool;
  readonly #clients = new Map<pg.Client, string>();
  readonly #givenUp = new WeakSet<pg.Client>();
  readonly #line: SharedLine | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#line = options.sharesReads ? new SharedLine(() => this.#openLine()) : undefined;
    this.#servers = new Servers(options.url, (url) => this.#leaveOthers(url));
    const open = (config: pg.ClientConfig): pg.Client => this.#newClient(config);
    this.#pool = new pg.Pool({
      ...this.#config(),
      max: options.connections,
      connectionTimeoutMillis: options.waitMs,
      idleTimeoutMillis: IDLE_MS,
      // a function called with `new` may answer with an object of its own
      Client: function (config: pg.ClientConfig) {
        return open(config);
      } as never,
      onConnect: ((client: pg.Client) => this.#servers.check(client)) as never,
    });
    this.#pool.on('error', options.onConnectionLost);
    this.#pool.on('remove', (client) => this.#clients.delete(client));
  }

  /** Connections open, idle, and callers waiting for one. */
  get counts(): { total: number; idle: number; waiting: number } {
    const shared = this.#line?.isOpen ? 1 : 0;
    return {
      total: this.#pool.totalCount + shared,
      idle: this.#pool.idleCount,
      waiting: this.#pool.waitingCount,
    };
  }

  /**
   * A connection to the primary. Until one is handed out nothing has been sent, so another server is tried freely.
   * @throws when there is none within the time limit
   */
  async acquire(): Promise<pg.PoolClient> {
    if (this.#opensOne && this.#servers.outdated) await this.#servers.search();
    for (let tries = 1; ;) {
      try {
        const client = await this.#pool.connect();
        if (!this.#givenUp.has(client)) return client;
        client.release(true);
      } catch (error) {
        if (!this.#servers.several || tries === MAX_TRIES) throw error;
        tries += 1;
        const found = await this.#servers.search();
        if (found === 'none' || (found === 'same' && !isWrongServer(error))) throw error;
      }
    }
  }

  release(client: pg.PoolClient, isBroken = false): void {
    client.release(isBroken || this.#givenUp.has(client));
  }

  /** Sends one statement. @throws NoAnswer when the server is silent too long */
  async run<Row extends pg.QueryResultRow>(
    client: pg.Client,
    query: pg.QueryConfig,
  ): Promise<pg.QueryResult<Row>> {
    const { answerMs } = this.#options;
    let isSilent = false;
    const timer =
      answerMs === undefined
        ? undefined
        : setTimeout(() => {
            isSilent = true;
            giveUp(client);
          }, answerMs);
    try {
      return await sendPrepared<Row>(client, query);
    } catch (error) {
      if (isSqlState(error, READ_ONLY)) this.#giveAllUp();
      if (this.#servers.several && (isSilent || isWrongServer(error))) void this.#servers.search();
      if (isSilent) throw new NoAnswer('the database did not answer in time', { cause: error });
      if (isConnectionLost(error)) this.#givenUp.add(client);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends a read of rows by their keys, which waits for no lock, over the connection that readers share.
   * @param query made when there is a connection to send it on
   * @returns undefined when that cannot be used and nothing was learned: another connection may still answer
   * @throws what the server refuses, NoAnswer
   */
  async read<Row extends pg.QueryResultRow>(
    query: () => pg.QueryConfig,
  ): Promise<pg.QueryResult<Row> | undefined> {
    const line = this.#line;
    const client = line && (await line.client());
    if (!client) return undefined;
    if (this.#givenUp.has(client)) {
      line.drop(client);
      void client.end().catch(() => {});
      return undefined;
    }
    line.gather(client);
    try {
      return await this.run<Row>(client, query());
    } catch (error) {
      if (this.#givenUp.has(client)) line.drop(client);
      if (isConnectionLost(error)) return undefined;
      throw error;
    }
  }

  /** A connection of its own to the primary. @throws when there is none */
  async connect(): Promise<pg.Client> {
    if (this.#servers.outdated) await this.#servers.search();
    const client = new pg.Client({
      ...this.#config(),
      connectionString: this.#servers.current,
      connectionTimeoutMillis: this.#options.waitMs,
    });
    client.on('error', () => {}); // whoever uses it hears of its end
    try {
      await client.connect();
      await this.#servers.check(client);
      return client;
    } catch (error) {
      client.connection.stream.destroy();
      if (this.#servers.several) void this.#servers.search();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#line?.close()]);
  }

  /** The next caller gets a connection that is not there yet. */
  get #opensOne(): boolean {
    return this.#pool.idleCount === 0 && this.#pool.totalCount < this.#options.connections;
  }

  #config(): pg.ClientConfig {
    return {
      application_name: this.#options.applicationName,
      options: this.#options.session,
      keepAlive: true,
      keepAliveInitialDelayMillis: PROBE_AFTER_MS, // a server that went without a word is noticed
    };
  }

  async #openLine(): Promise<pg.Client> {
    if (this.#servers.outdated) await this.#servers.search();
    const options = { ...this.#config(), connectionTimeoutMillis: this.#options.waitMs, pipeline: true };
    const client = this.#newClient(options);
    client.once('end', () => this.#clients.delete(client));
    try {
      await client.connect();
      await this.#servers.check(client);
      return client;
    } catch (error) {
      client.connection.stream.destroy();
      throw error;
    }
  }

  #newClient(config: pg.ClientConfig): pg.Client {
    const url = this.#servers.current;
    const client = new pg.Client({ ...config, connectionString: url });
    client.on('error', () => {}); // the statement under way fails with it; without a listener the process would end
    this.#clients.set(client, url);
    return client;
  }

  /** Another server is the primary now: whatever waits for an answer of the old one need not wait for it. */
  #leaveOthers(current: string): void {
    for (const [client, url] of this.#clients) {
      if (url === current) continue;
      this.#givenUp.add(client);
      client.connection.stream.destroy();
    }
  }

  /** A server behind one address became read-only: each connection is made, and checked, anew. */
  #giveAllUp(): void {
    for (const client of this.#clients.keys()) this.#givenUp.add(client);
  }
}

/** What pg's connection can do beside what its types tell. */
interface Wire {
  connect(port: number | string, host?: string): void;
  cancel(processId: number, secretKey: number): void;
  on(event: string, listener: () => void): void;
}

/** Tells the server to stop, so that a forgotten statement does not hold its connection there, and hangs up. */
function giveUp(client: pg.Client): void {
  const { processID, secretKey } = client as unknown as { processID: number | null; secretKey: number };
  if (processID !== null) {
    const { host, port } = client;
    const wire = new pg.Client({ host, port, ssl: false }).connection as unknown as Wire;
    wire.on('error', () => {}); // it hears nothing any more
    wire.on('connect', () => wire.cancel(processID, secretKey));
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
    else wire.connect(port, host);
  }
  client.connection.stream.destroy();
}
