import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type StatementObserver, StatementTally } from './statements.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number); // counts and ids stay far below 2^53

/** A database: typed queries, raw hot statements, and the count of round trips made so far. */
export interface Database<Tables> {
  db: Kysely<Tables>;
  /** Runs one hand-written statement as a named prepared one. */
  query<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]>;
  /** A connection of its own for LISTEN; the caller ends it. */
  connect(): Promise<pg.Client>;
  readonly roundTrips: number;
  /** Connections open, idle, and callers waiting for one. */
  readonly pool: { total: number; idle: number; waiting: number };
  /** Failed statements by SQLSTATE class. */
  readonly errors: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface OpenOptions {
  url: string;
  /** Upper bound of open connections. */
  connections: number;
  applicationName: string;
  /**
   * `generic`: one plan a statement, for the few hot ones. `custom`: planned for the values at hand, for lists that
   * people filter as they like: a kind with three rows wants another way than one with half of them.
   */
  plans?: 'generic' | 'custom';
  /** Told of an idle connection's loss; the pool replaces it by itself. */
  onConnectionLost: (error: Error) => void;
  observe?: StatementObserver | undefined;
}

// generic plans: pruning to one partition happens as the statement runs, and planning it anew costs ten times as much
const SETTINGS =
  '-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=15000 -c jit=off ';
const MAX_NAMED = 1000;

/**
 * Opens a pool on `url`. Every statement is sent named by a hash of its text, so PostgreSQL plans it once a
 * connection: planning over partitions costs many times the execution.
 */
export function openDatabase<Tables>(options: OpenOptions): Database<Tables> {
  const connection = {
    connectionString: options.url,
    application_name: options.applicationName,
    options: `${SETTINGS}-c plan_cache_mode=force_${options.plans ?? 'generic'}_plan`,
    keepAlive: true,
  };
  const pool = new pg.Pool({
    ...connection,
    max: options.connections,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 60_000,
  });
  pool.on('error', options.onConnectionLost);

  const tally = new StatementTally(options.observe);
  let roundTrips = 0;
  const names = new Map<string, string>();
  const named = (text: string, values: readonly unknown[]): pg.QueryConfig => {
    roundTrips += 1;
    let name = names.get(text);
    if (name === undefined && names.size < MAX_NAMED && values.length > 0) {
      name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
      names.set(text, name);
    }
    return name === undefined ? { text, values: [...values] } : { name, text, values: [...values] };
  };

  const dialect = new PostgresDialect({
    pool: {
      async connect() {
        const client = await pool.connect();
        return {
          query: (text: never, values?: readonly unknown[]) =>
            tally.run(text, () => client.query(named(text, values ?? []))) as never,
          release: () => client.release(),
        };
      },
      end: () => pool.end(),
      options: {},
    },
  });
  const db = new Kysely<Tables>({ dialect });

  return {
    db,
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
      const result = await tally.run(text, () => pool.query<Row>(named(text, values)));
      return result.rows;
    },
    async connect() {
      const client = new pg.Client(connection);
      await client.connect();
      return client;
    },
    get roundTrips() {
      return roundTrips;
    },
    get pool() {
      return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    },
    errors: tally.errors,
    close: () => db.destroy(),
  };
}

/** Whether `error` is PostgreSQL's, with this SQLSTATE. */
export function isSqlState(error: unknown, state: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === state;
}

export const UNIQUE_VIOLATION = '23505';
