import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedServer, startEmbeddedServer } from '#db/embedded/server.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { createKeyring } from '#kit/keyring.ts';
import { AREAS } from '#mch/areas/index.ts';
import { coursesOf } from '#mch/seed/index.ts';
import { CLIENT } from '../../test/mch-app/support/fake-op.ts';
import { runProgram } from '../../test/support/replica.ts';
import { copyRows } from '../population/copy.ts';
import { withoutIndexes } from '../population/indexes.ts';
import { UNITS, planOf } from './plan.ts';
import { type Rows, RowMaker } from './rows.ts';

export interface MchSize {
  mothers: number;
  /** A year. */
  births: number;
  years: number;
  seed: number;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const FAST = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_wal_size=8GB',
  'shared_buffers=512MB',
];
const TUNED = ['shared_buffers=512MB', 'random_page_cost=1.1', 'effective_cache_size=2GB'];
const BATCH = 2000;

/** Opens the county, making it first where it is not there yet or is of another day, size or schema. */
export async function openCounty(size: MchSize, say: (text: string) => void) {
  const today = new Date().toISOString().slice(0, 10);
  const facts = JSON.stringify([size, today, AREAS.map(({ schema, seed }) => [schema, String(seed)])]);
  const folder = path.join(
    ROOT,
    '.data/bench',
    `mch-${createHash('sha256').update(facts).digest('hex').slice(0, 12)}`,
  );
  if (!existsSync(folder)) await make(size, folder, say);
  const server = await startEmbeddedServer(path.join(folder, 'pg18'), TUNED);
  const env = environment(server, readFileSync(path.join(folder, 'keys'), 'utf8'));
  const { code, output } = await runProgram(['mch-app/cli.ts', 'migrate'], env);
  if (code !== 0) {
    await server.stop();
    throw new Error(`${output}\nRemove ${folder} to make the county anew.`);
  }
  return { server, folder, env };
}

async function make(size: MchSize, folder: string, say: (text: string) => void): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const keys = randomBytes(32).toString('base64');
  writeFileSync(path.join(partial, 'keys'), keys);
  const server = await startEmbeddedServer(path.join(partial, 'pg18'), FAST);
  try {
    await ensureDatabase(server.url('postgres'), 'mch');
    const { code, output } = await runProgram(['mch-app/cli.ts', 'migrate'], environment(server, keys));
    if (code !== 0) throw new Error(output);
    await fill(server.url('mch'), size, keys, say);
  } finally {
    await server.stop();
  }
  renameSync(partial, folder);
}

/** Fills a migrated database that is empty. */
async function fill(url: string, size: MchSize, keys: string, say: (text: string) => void): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c maintenance_work_mem=256MB -c work_mem=64MB',
  });
  await client.connect();
  const start = performance.now();
  const told = (what: string): void => say(`${what}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  try {
    const tables = AREAS.flatMap(({ kinds }) =>
      kinds.flatMap(({ parts }) => parts.map(({ table }) => table)),
    );
    const large = [...new Set(['patient', 'birth', 'pregnancy', 'record', 'record_version', ...tables])];
    await withoutIndexes(
      client,
      async () => {
        const units = Object.values(UNITS).flat();
        const columns = ['code', 'name', 'kind', 'county', 'town'] as const;
        await copyRows(
          client,
          'unit',
          [...columns],
          units.map((unit) => columns.map((name) => unit[name])),
        );
        const maker = new RowMaker(AREAS, createKeyring(keys));
        let courses = 0;
        for (const course of coursesOf(planOf({ ...size, now: new Date() }))) {
          maker.add(course);
          courses += 1;
          if (courses % BATCH === 0) await write(client, maker.rows);
          if (courses % 20_000 === 0) told(`${courses} pregnancies, ${maker.records} records`);
        }
        await write(client, maker.rows);
        told(`${courses} pregnancies, ${maker.records} records`);
      },
      large,
    );
    told('with indexes');
    await client.query('vacuum analyze');
    told('analyzed');
  } finally {
    await client.end();
  }
}

async function write(client: pg.Client, rows: Rows): Promise<void> {
  for (const [table, list] of rows) {
    const columns = Object.keys(list[0] ?? {});
    await copyRows(
      client,
      table,
      columns.map((name) => `"${name}"`),
      list.map((row) => columns.map((name) => row[name] ?? null)),
    );
  }
  rows.clear();
}

function environment(server: EmbeddedServer, keys: string): Record<string, string> {
  return {
    NODE_ENV: 'test',
    MCH_DATABASE_URL: server.url('mch'),
    MCH_MASTER_KEYS: keys,
    MCH_CLIENT_SECRET: CLIENT.secret,
  };
}
