import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Lease } from './lease.ts';
import { ConnectionPool } from './pool.ts';
import { type DatabaseSettings, STANDARD } from './settings.ts';
import { type StatementObserver, StatementTally } from './statements.ts';
import { retryConflicts } from './transact.ts';

export { UNIQUE_VIOLATION, isSqlState } from './failures.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number); // counts and ids stay far below 2^53

/** A database: typed queries, raw hot statements, and the count of round trips made so far. */
export interface Database<Tables> {
  db: Kysely<Tables>;
  /** Runs one hand-written statement as a named prepared one. */
  query<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]>;
  /**
   * The same for a plain read of rows by their keys, over the connection that readers share: no locks, no side effects,
   * nothing that takes long, since others wait behind it.
   */
  read<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]>;
  /** A connection of its own for LISTEN, past any pooler; the caller ends it. */
  connect(): Promise<pg.Client>;
  readonly roundTrips: number;
  /** Connections open, idle, and callers waiting for one. */
  readonly pool: { total: number; idle: number; waiting: number };
  /** Failed statements by SQLSTATE class. */
  readonly errors: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface OpenOptions extends Partial<DatabaseSettings> {
  url: string;
  /** Upper bound of open connections. */
  connections: number;
  applicationName: string;
  /**
   * `generic`: one plan a statement, for the few hot ones. `keyed`: the same where rows are found by their keys, so
   * that a plan made while a table was empty does once it is full. `custom`: planned for the values at hand, for lists
   * that people filter as they like: a kind with three rows wants another way than one with half of them.
   */
  plans?: 'generic' | 'keyed' | 'custom';
  /** For work that nobody waits for: statements may set themselves longer limits. */
  patient?: boolean;
  /** Told of an idle connection's loss; the pool replaces it by itself. */
  onConnectionLost: (error: Error) => void;
  observe?: StatementObserver | undefined;
}

const MAX_NAMED = 1000;
/** With fewer there is none to spare. */
const LEAST_TO_SHARE = 4;
/** A server that keeps its own limit answers before; whoever waits longer waits for one that is gone. */
const ANSWER_GRACE_MS = 2000;
const PATIENT_MS = 330_000;

/**
 * Opens a pool on `url`. Every statement is sent named by a hash of its text, so PostgreSQL plans it once a
 * connection: planning over partitions costs many times the execution.
 *
 * What changed nothing is sent once more when its connection was lost: `begin`, and a select outside a transaction.
 * A lone statement that met a deadlock was undone whole and is sent again too. Nothing else is.
 */
export function openDatabase<Tables>(options: OpenOptions): Database<Tables> {
  const settings = { ...STANDARD, ...options };
  const shared = {
    applicationName: options.applicationName,
    session: sessionOf(settings),
    waitMs: settings.waitMs,
    answerMs: settings.patient ? PATIENT_MS : settings.statementMs + ANSWER_GRACE_MS,
    onConnectionLost: options.onConnectionLost,
  };
  // a pooler between gathers by itself, and knows nothing of statements sent ahead
  const isDirect = settings.prepare === 'named' && settings.directUrl === undefined;
  const sharesReads = isDirect && options.plans !== 'custom' && options.connections >= LEAST_TO_SHARE;
  const connections = sharesReads ? options.connections - 1 : options.connections;
  const pool = new ConnectionPool({ ...shared, url: options.url, connections, sharesReads });
  const direct =
    settings.directUrl === undefined
      ? pool
      : new ConnectionPool({ ...shared, url: settings.directUrl, connections: 1 });

  const tally = new StatementTally(options.observe);
  let roundTrips = 0;
  const names = new Map<string, string>();
  const named = (text: string, values: readonly unknown[]): pg.QueryConfig => {
    roundTrips += 1;
    if (settings.prepare === 'unnamed') return { text, values: [...values] };
    let name = names.get(text);
    if (name === undefined && names.size < MAX_NAMED && values.length > 0) {
      name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
      names.set(text, name);
    }
    return name === undefined ? { text, values: [...values] } : { name, text, values: [...values] };
  };

  const dialect = new PostgresDialect({
    pool: {
      connect: async () => new Lease(pool, tally, named, await pool.acquire()) as never, // no cursors
      end: () => pool.close(),
      options: {},
    },
  });
  const db = new Kysely<Tables>({ dialect });

  const query = <Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> =>
    retryConflicts(async () => {
      const session = new Lease(pool, tally, named, await pool.acquire());
      try {
        return (await session.query<Row>(text, values)).rows;
      } finally {
        session.release();
      }
    });

  return {
    db,
    query,
    read: async <Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> => {
      if (!sharesReads) return query<Row>(text, values);
      const result = await tally.run(text, () => pool.read<Row>(() => named(text, values)));
      return result ? result.rows : query<Row>(text, values);
    },
    connect: () => direct.connect(),
    get roundTrips() {
      return roundTrips;
    },
    get pool() {
      return pool.counts;
    },
    errors: tally.errors,
    async close() {
      await db.destroy();
      if (direct !== pool) await direct.close();
    },
  };
}

function sessionOf(settings: DatabaseSettings & Pick<OpenOptions, 'plans'>): string {
  const { statementMs, lockMs, idleTransactionMs, prepare, plans } = settings;
  // generic plans: pruning to one partition happens as the statement runs, and planning it anew costs ten times as
  // much; an unnamed statement is planned each time anyhow
  const planning = prepare === 'unnamed' ? 'auto' : `force_${plans === 'custom' ? 'custom' : 'generic'}_plan`;
  return [
    `-c statement_timeout=${statementMs}`,
    `-c lock_timeout=${lockMs}`,
    `-c idle_in_transaction_session_timeout=${idleTransactionMs}`,
    '-c jit=off',
    `-c plan_cache_mode=${planning}`,
    ...(plans === 'keyed' ? ['-c enable_seqscan=off'] : []),
  ].join(' ');
}
