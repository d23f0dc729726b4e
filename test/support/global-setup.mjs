import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedServer } from '../../db/embedded/server.ts';
import { idpMigrations } from '../../db/idp/migrations.ts';
import { mchMigrations } from '../../db/mch/migrations.ts';
import { AREAS } from '../../mch-app/areas/index.ts';
import { schemaOf } from '../../mch-app/records/index.ts';
import { ensureDatabase, migrate } from '../../db/migrate.ts';

/**
 * One real PostgreSQL for the whole run, with a migrated template of each database to clone from;
 * `TEST_POSTGRES_BIN` names the programs of another release than the pinned one.
 */
export default async function setup() {
  const dir = mkdtempSync(path.join(tmpdir(), 'single-entry-test-'));
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];
  const bin = process.env.TEST_POSTGRES_BIN;
  const server = await startEmbeddedServer(path.join(dir, 'pg'), settings, ...(bin ? [{ bin }] : []));
  for (const [name, migrations] of [
    ['idp_template', idpMigrations],
    ['mch_template', { ...mchMigrations, ...schemaOf(AREAS) }],
  ]) {
    await ensureDatabase(server.url('postgres'), name);
    await migrate(server.url(name), migrations);
  }
  process.env.TEST_COMPILE_CACHE = path.join(dir, 'compile-cache');
  process.env.TEST_DATABASE_SERVER = server.url('postgres');
  globalThis.embeddedTestServer = { server, dir };
}
