import pg from 'pg';
import type { EmbeddedServer } from '#db/embedded/server.ts';
import { createKeyring } from '#kit/keyring.ts';
import { type KeptWorld, type WorldPlan, openKeptWorld, runCommand } from '../kept-world.ts';
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

/** Opens the population, making it first where it is not there yet; another size, seed or way is another one. */
export function openPopulation(
  population: Population,
  say: (text: string) => void,
  settings?: readonly string[],
): Promise<KeptWorld> {
  const program = 'idp/cli.ts';
  const plan: WorldPlan = {
    name: 'idp',
    program,
    facts: population,
    sources: ['copy', 'derived', 'people', 'random', 'world'].map((name) => `bench/population/${name}.ts`),
    environment,
    async fill(server, keys) {
      const env = environment(server, keys);
      await runCommand(program, ['subsystems', 'apply', 'mch-app/manifest.json', ...EXAMPLES], env);
      await runCommand(program, ['seed-demo'], env);
      await fill(server.url('idp'), population, keys, say);
    },
  };
  return openKeptWorld(plan, settings);
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
