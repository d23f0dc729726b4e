import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedServer, startEmbeddedServer } from '#db/embedded/server.ts';
import { ensureDatabase } from '#db/migrate.ts';
import { createKeyring } from '#kit/keyring.ts';
import { runProgram } from '../../test/support/replica.ts';
import { copyRows } from './copy.ts';
import { derivedSteps } from './derived.ts';
import { withoutIndexes } from './indexes.ts';
import { ACCOUNT_COLUMNS, UNIT_COLUMNS, accountRows, unitRows } from './people.ts';

export interface Population {
  units: number;
  accounts: number;
  subsystemAccounts: number;
  events: number;
  /** Applications and requests that wait, or waited. */
  waiting: number;
  seed: number;
}

export interface PopulatedWorld {
  server: EmbeddedServer;
  /** What a process of the identity provider needs to run on it. */
  env: Record<string, string>;
  folder: string;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const FAST = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_wal_size=16GB',
  'shared_buffers=1GB',
];
export const TUNED = ['shared_buffers=1GB', 'random_page_cost=1.1', 'effective_cache_size=4GB'];

/** Where the population lies; another size or seed is another one. Newer migrations are applied to it as it is opened. */
export function folderOf(population: Population): string {
  const facts = JSON.stringify([population, sourceHash()]);
  const hash = createHash('sha256').update(facts).digest('hex').slice(0, 12);
  return path.join(ROOT, '.data/bench', `population-${hash}`);
}

/** What the population is made by, so that a change makes it anew. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts'))
    .sort()) {
    hash.update(readFileSync(path.join(import.meta.dirname, file)));
  }
  return hash.digest('hex');
}

/** Opens the population, making it first where it is not there yet. */
export async function openPopulation(
  population: Population,
  say: (text: string) => void,
  settings: string[] = TUNED,
): Promise<PopulatedWorld> {
  const folder = folderOf(population);
  if (!existsSync(folder)) await populate(population, folder, say);
  const server = await startEmbeddedServer(path.join(folder, 'pg18'), settings);
  const env = environment(server, readFileSync(path.join(folder, 'keys'), 'utf8'));
  const { code, output } = await runProgram(['idp/cli.ts', 'migrate'], env);
  if (code !== 0) {
    await server.stop();
    throw new Error(`${output}\nRemove ${folder} to make the population anew.`);
  }
  return { server, folder, env };
}

async function populate(population: Population, folder: string, say: (text: string) => void): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const keys = randomBytes(32).toString('base64');
  writeFileSync(path.join(partial, 'keys'), keys);
  const server = await startEmbeddedServer(path.join(partial, 'pg18'), FAST);
  try {
    await ensureDatabase(server.url('postgres'), 'idp');
    for (const command of [
      ['migrate'],
      ['subsystems', 'apply', 'mch-app/manifest.json', ...EXAMPLES],
      ['seed-demo'],
    ]) {
      const { code, output } = await runProgram(['idp/cli.ts', ...command], environment(server, keys));
      if (code !== 0) throw new Error(output);
    }
    await fill(server.url('idp'), population, keys, say);
  } finally {
    await server.stop();
  }
  renameSync(partial, folder);
}

/** Fills a migrated database with the demo in it. */
export async function fill(
  url: string,
  population: Population,
  keys: string,
  say: (text: string) => void,
): Promise<void> {
  const { units, accounts, seed } = population;
  const client = new pg.Client({
    connectionString: url,
    options: '-c maintenance_work_mem=512MB -c work_mem=256MB',
  });
  await client.connect();
  const timed = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await run();
    say(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  };
  try {
    await timed('all in all', () =>
      withoutIndexes(client, async () => {
        await timed('units', () => copyRows(client, 'unit', UNIT_COLUMNS, unitRows(units, seed)));
        await timed('accounts', () =>
          copyRows(
            client,
            'account',
            ACCOUNT_COLUMNS,
            accountRows({ accounts, units, seed }, createKeyring(keys)),
          ),
        );
        await client.query('analyze account');
        for (const { name, run } of derivedSteps(population)) await timed(name, () => run(client));
      }),
    );
    await timed('analyze', () => client.query('vacuum analyze'));
  } finally {
    await client.end();
  }
}

const EXAMPLES = ['cancer', 'smoking'].map((name) => `examples/subsystem/manifests/${name}.json`);

function environment(server: EmbeddedServer, keys: string): Record<string, string> {
  return {
    NODE_ENV: 'test',
    IDP_DATABASE_URL: server.url('idp'),
    IDP_MASTER_KEYS: keys,
    IDP_DEMO: '1',
    CAPTCHA_FIXED: '24680',
    MCH_ORIGIN: 'http://localhost:1',
    CANCER_ORIGIN: 'http://localhost:2',
    SMOKING_ORIGIN: 'http://localhost:3',
  };
}
