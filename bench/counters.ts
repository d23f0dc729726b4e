import pg from 'pg';

/** What a database has done so far. */
export interface Counts {
  /** Statements it was sent, those that begin and end a transaction included. */
  statements: number;
  walBytes: number;
  /** Rows inserted, changed or deleted. */
  rows: number;
  /** Pages looked at, in its memory or not. */
  buffers: number;
}

const READ = `
select (select sum(calls) from pg_stat_statements where dbid = d.oid) as statements,
  (select wal_bytes from pg_stat_wal) as wal_bytes,
  s.tup_inserted + s.tup_updated + s.tup_deleted as rows, s.blks_hit + s.blks_read as buffers
from pg_database d join pg_stat_database s on s.datid = d.oid where d.datname = $1`;
/** Backends tell their numbers at most once a second. */
const TOLD_MS = 1200;

/** Reads a server's own statistics over a connection to another database, so that asking counts for nothing. */
export class Counters {
  readonly #client: pg.Client;
  readonly #database: string;

  private constructor(client: pg.Client, database: string) {
    this.#client = client;
    this.#database = database;
  }

  static async open(databaseUrl: string): Promise<Counters> {
    const url = new URL(databaseUrl.replace('@/', '@localhost/'));
    const database = url.pathname.slice(1);
    const client = new pg.Client({ connectionString: databaseUrl.replace(`/${database}`, '/postgres') });
    await client.connect();
    await client.query('create extension if not exists pg_stat_statements');
    return new Counters(client, database);
  }

  /** Waits until everything was told. */
  async read(): Promise<Counts> {
    await new Promise((resolve) => setTimeout(resolve, TOLD_MS));
    const { rows } = await this.#client.query<Record<string, string>>(READ, [this.#database]);
    const [row = {}] = rows;
    return {
      statements: Number(row['statements'] ?? 0),
      walBytes: Number(row['wal_bytes'] ?? 0),
      rows: Number(row['rows'] ?? 0),
      buffers: Number(row['buffers'] ?? 0),
    };
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

export function between(from: Counts, to: Counts): Counts {
  return {
    statements: to.statements - from.statements,
    walBytes: to.walBytes - from.walBytes,
    rows: to.rows - from.rows,
    buffers: to.buffers - from.buffers,
  };
}
