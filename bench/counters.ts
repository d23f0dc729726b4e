import pg from 'pg';
import type { Processes } from './measure.ts';

/** What a database has done so far. */
export interface Counts {
  /** How often each statement was sent, those that begin and end a transaction included. */
  calls: ReadonlyMap<string, number>;
  walBytes: number;
  /** Rows inserted, changed or deleted. */
  rows: number;
  /** Pages looked at for requests, in its memory or not. */
  buffers: number;
}

const READ = `
select (select wal_bytes from pg_stat_wal) as wal_bytes, s.tup_inserted + s.tup_updated + s.tup_deleted as rows,
  (select sum(coalesce(io.hits, 0) + coalesce(io.reads, 0)) from pg_stat_activity a, pg_stat_get_backend_io(a.pid) io
   where a.datid = d.oid and a.application_name = any($2)) as buffers
from pg_database d join pg_stat_database s on s.datid = d.oid where d.datname = $1`;
const CALLS = `
select queryid as id, calls from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1`;
/** Those that answer requests; jobs have connections of their own. */
const ANSWERING = ['idp', 'idp-console', 'mch'];
/** A connection tells what it has done with the first statement that ends so long after it told last. */
const TOLD_MS = 1100;
const MEANWHILE_MS = 50;

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

  /**
   * @param tickle gives every connection a statement, so that all tell what they have done until then
   */
  async read(tickle: () => Promise<unknown> = () => Promise.resolve()): Promise<Counts> {
    await pause(TOLD_MS);
    await tickle();
    await pause(MEANWHILE_MS);
    const { rows } = await this.#client.query<Record<string, string>>(READ, [this.#database, ANSWERING]);
    const [row = {}] = rows;
    const sent = await this.#client.query<{ id: string; calls: string }>(CALLS, [this.#database]);
    return {
      calls: new Map(sent.rows.map(({ id, calls }) => [id, Number(calls)])),
      walBytes: Number(row['wal_bytes'] ?? 0),
      rows: Number(row['rows'] ?? 0),
      buffers: Number(row['buffers'] ?? 0),
    };
  }

  /** The processes of the database that answer requests, by a name of their own: jobs, vacuum and writers are left out. */
  async answering(): Promise<Processes> {
    const { rows } = await this.#client.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = $1 and application_name = any($2)',
      [this.#database, ANSWERING],
    );
    return Object.fromEntries(rows.map(({ pid }) => [`PostgreSQL ${pid}`, pid]));
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function between(from: Counts, to: Counts): Counts {
  return {
    calls: new Map([...to.calls].map(([id, calls]) => [id, calls - (from.calls.get(id) ?? 0)])),
    walBytes: to.walBytes - from.walBytes,
    rows: to.rows - from.rows,
    buffers: to.buffers - from.buffers,
  };
}

export function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, one) => all + one, 0);
}
