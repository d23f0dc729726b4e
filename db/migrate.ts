import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { ConfigurationError } from '#kit/errors.ts';

/**
 * Brings the database at `url` to the newest migration. Replicas may call it at once: an advisory lock lets
 * one work while the others wait, and each migration commits or rolls back as a whole.
 * @throws ConfigurationError when the database cannot be reached, or is newer than this release
 */
export async function migrate(url: string, migrations: Record<string, Migration>): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 5000 });
  pool.on('error', () => {}); // the query that used the connection reports it
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  } catch (error) {
    const message = error instanceof Object && 'message' in error ? String(error.message) : String(error);
    throw new ConfigurationError(`The database cannot be brought up to date: ${message}`, { cause: error });
  } finally {
    await db.destroy();
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
    if (!(error instanceof Object && 'code' in error && error.code === '42P04')) throw error; // made meanwhile
  } finally {
    await client.end();
  }
}
