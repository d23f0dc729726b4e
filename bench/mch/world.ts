import { existsSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { EmbeddedServer } from '#db/embedded/server.ts';
import { createKeyring } from '#kit/keyring.ts';
import { AREAS } from '#mch/areas/index.ts';
import type { SeedCourse } from '#mch/records/index.ts';
import { coursesOf } from '#mch/seed/index.ts';
import { CLIENT } from '../../test/mch-app/support/fake-op.ts';
import { type KeptWorld, openKeptWorld, stopwatch } from '../kept-world.ts';
import { copyRows } from '../population/copy.ts';
import { claimMonths } from './claims.ts';
import { withoutIndexes } from '../population/indexes.ts';
import { UNITS, planOf } from './plan.ts';
import { type Rows, RowMaker } from './rows.ts';
import type { MchSize } from './size.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TUNED = ['shared_buffers=512MB', 'random_page_cost=1.1', 'effective_cache_size=2GB'];
const BATCH = 2000;

/** Opens the county, making it first where it is not there yet, or was made in another month, size or way. */
export function openCounty(size: MchSize, say: (text: string) => void): Promise<KeptWorld> {
  return openKeptWorld(
    {
      name: 'mch',
      program: 'mch-app/cli.ts',
      facts: [size, new Date().toISOString().slice(0, 7)],
      sources: [
        'bench/mch/beside.ts',
        'bench/mch/claims.ts',
        'bench/mch/plan.ts',
        'bench/mch/rows.ts',
        'mch-app/seed/courses.ts',
        ...seedsOfAreas(),
      ],
      environment,
      fill: (server, keys) => fill(server.url('mch'), size, keys, say),
    },
    TUNED,
  );
}

const seedsOfAreas = (): string[] =>
  AREAS.map((area) => `mch-app/areas/${path.basename(area.path)}/seed.ts`).filter((file) =>
    existsSync(path.join(ROOT, file)),
  );

/** Fills a migrated database that is empty. */
async function fill(url: string, size: MchSize, keys: string, say: (text: string) => void): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c maintenance_work_mem=256MB -c work_mem=64MB',
  });
  await client.connect();
  const told = stopwatch(say);
  const now = new Date();
  let first: SeedCourse | undefined;
  try {
    const tables = AREAS.flatMap(({ kinds }) =>
      kinds.flatMap(({ parts, groups }) => [...parts, ...groups].map(({ table }) => table)),
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
        for (const course of coursesOf(planOf({ ...size, now }))) {
          first ??= course;
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
    // no trigger ran
    await client.query('select begin_awaiting(kind, awaits) from record_awaited_kind');
    await client.query('update record_waiting_rule set filled_at = null');
    await client.query('call fill_waiting()');
    told('with what waits');
    await client.query('vacuum analyze');
    if (first) told(`${await claimMonths({ url, keys, course: first }, now)} claims`);
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
