import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { ConfigurationError } from '#kit/errors.ts';
import { UNIQUE_VIOLATION, isConflict, isSqlState } from './failures.ts';
import { primaryOf } from './servers.ts';
import type { DatabaseSettings } from './settings.ts';

/**
 * One step of the schema. It only expands, so that the release before runs on; a step that takes something away
 * says which migration the releases carry that no longer use it: all others refuse to start from then on.
 */
export interface SchemaStep extends Migration {
  understoodSince?: string;
  /** Indexes on tables that are in use, by name: `table (columns)`, made afterwards without holding up writers. */
  indexes?: Record<string, string>;
  /** What is left to do beside those who write, once all steps are there; asked at each start, it knows when it is done. */
  afterwards?: (session: Kysely<unknown>) => Promise<void>;
}

const LOCK_TIMEOUT_MS = 2000;
const LOCK_TRIES = 60;
const LOCK_PAUSE_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';
const TABLE_IS_THERE = '42P07';
const DATABASE_IS_THERE = '42P04';

/**
 * Brings the database to the newest migration, past any pooler. Replicas may call it at once: an advisory lock lets
 * one work while the others wait, and all migrations commit or roll back as a whole. A table in use is not
 * waited for with others queueing behind: the migration gives way after two seconds, or to a transaction that waits
 * for it in turn, and comes again.
 *
 * A database that a later release has expanded is taken as it is, so that a release can be rolled back.
 * @throws ConfigurationError when the database cannot be reached, or a later release took away what this one uses
 */
export async function migrate(
  database: string | Pick<DatabaseSettings, 'url' | 'directUrl'>,
  steps: Record<string, SchemaStep>,
): Promise<void> {
  const { url, directUrl = url } = typeof database === 'string' ? { url: database } : database;
  const pool = new pg.Pool({
    connectionString: await primaryOf(directUrl),
    max: 2,
    connectionTimeoutMillis: 5000,
    options: `-c lock_timeout=${LOCK_TIMEOUT_MS}`,
  });
  pool.on('error', () => {}); // the query that used the connection reports it
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await db.connection().execute((session) => ensureContractTable(session));
    for (let tries = 1; ; tries += 1) {
      const error = await tryToMigrate(db, steps);
      if (error === undefined) break;
      const wasInTheWay = isSqlState(error, LOCK_NOT_AVAILABLE) || isConflict(error);
      if (!wasInTheWay || tries === LOCK_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS * (0.5 + Math.random())));
    }
    await db.connection().execute(async (session) => {
      await buildIndexes(session, steps);
      for (const { afterwards } of Object.values(steps)) await afterwards?.(session);
    });
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const message = error instanceof Object && 'message' in error ? String(error.message) : String(error);
    throw new ConfigurationError(`The database cannot be brought up to date: ${message}`, { cause: error });
  } finally {
    await db.destroy();
  }
}

async function tryToMigrate(db: Kysely<unknown>, steps: Record<string, SchemaStep>): Promise<unknown> {
  const migrator = new Migrator({
    db,
    allowUnorderedMigrations: true, // steps only expand, so two that were written side by side go in either order
    provider: {
      // asked while the advisory lock is held: nobody else adds to the list meanwhile
      async getMigrations() {
        await refuseContracted(db, steps);
        const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
        const later = rows.filter(({ name }) => !(name in steps)).map(({ name }) => [name, DONE_ELSEWHERE]);
        const own = Object.entries(steps).map(([name, step]) => [name, recordContract(name, step)]);
        return Object.fromEntries([...later, ...own]) as Record<string, Migration>;
      },
    },
  });
  const { error } = await migrator.migrateToLatest();
  return error;
}

/** Stands for a migration of a later release: it has run, and is none of our business. */
const DONE_ELSEWHERE: Migration = { up: () => Promise.resolve() };

function recordContract(name: string, step: SchemaStep): Migration {
  const { understoodSince } = step;
  if (understoodSince === undefined) return step;
  return {
    async up(trx) {
      await step.up(trx);
      await sql`insert into schema_contract values (${name}, ${understoodSince})`.execute(trx);
    },
  };
}

/**
 * Makes the indexes that are missing, or were left half made. One replica works; the others do not wait for it,
 * since an index only makes things faster.
 */
async function buildIndexes(session: Kysely<unknown>, steps: Record<string, SchemaStep>): Promise<void> {
  const wanted = Object.values(steps).flatMap((step) => Object.entries(step.indexes ?? {}));
  if ((await unusable(session, wanted)).length === 0) return;
  const lock = await sql<{ mine: boolean }>`
    select pg_try_advisory_lock(hashtext('indexes')) as mine`.execute(session);
  if (!lock.rows[0]?.mine) return;
  try {
    await sql`set lock_timeout = 0`.execute(session); // it waits for transactions under way, and nobody for it
    for (const [name, definition] of await unusable(session, wanted)) {
      const [index, place] = [sql.ref(name), sql.raw(definition)];
      await sql`drop index concurrently if exists ${index}`.execute(session);
      await sql`create index concurrently ${index} on ${place}`.execute(session);
    }
  } finally {
    await sql`select pg_advisory_unlock(hashtext('indexes'))`.execute(session);
    await sql`set lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(session);
  }
}

/** Those that are not there or not whole. */
async function unusable(session: Kysely<unknown>, wanted: [string, string][]): Promise<[string, string][]> {
  const names = wanted.map(([name]) => name);
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indisvalid and c.oid in (select to_regclass(name) from unnest(${names}::text[]) name)`.execute(
    session,
  );
  const whole = new Set(rows.map(({ name }) => name));
  return wanted.filter(([name]) => !whole.has(name));
}

async function ensureContractTable(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('schema_contract') is not null as there`.execute(db);
  if (rows[0]?.there) return;
  await sql`
    create table if not exists schema_contract (migration text primary key, understood_since text not null)`
    .execute(db)
    .catch((error: unknown) => {
      if (!isSqlState(error, UNIQUE_VIOLATION) && !isSqlState(error, TABLE_IS_THERE)) throw error; // another replica made it meanwhile
    });
}

async function refuseContracted(db: Kysely<unknown>, steps: Record<string, SchemaStep>): Promise<void> {
  const { rows } = await sql<{ migration: string; understood_since: string }>`
    select migration, understood_since from schema_contract order by migration`.execute(db);
  const breaking = rows.find((row) => !(row.understood_since in steps));
  if (breaking) {
    throw new ConfigurationError(
      `This release is too old for the database: ${breaking.migration} took away what releases without ` +
        `${breaking.understood_since} use. Start a later release.`,
    );
  }
}

/** Creates `database` on the server of `url` when it is not there yet. */
export async function ensureDatabase(serverUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } catch (error) {
    if (!isSqlState(error, DATABASE_IS_THERE)) throw error; // made meanwhile
  } finally {
    await client.end();
  }
}

/** A step told in SQL alone. */
export const sqlStep = (text: string): SchemaStep => ({
  async up(db) {
    await sql.raw(text).execute(db);
  },
});
