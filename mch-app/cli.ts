import { migrate } from '#db/migrate.ts';
import { openDatabase } from '#db/handle.ts';
import { mchMigrations } from '#db/mch/migrations.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { createKeyring } from '#kit/keyring.ts';
import { AREAS } from './areas/index.ts';
import { type Config, readConfig } from './config.ts';
import { seedContent } from './content/index.ts';
import { makePrivateKeys, publicKeys } from './federation/index.ts';
import { recordsOf } from './record-pages.ts';
import { schemaOf } from './records/index.ts';
import { seedDemo } from './seed/index.ts';

const USAGE = `node mch-app/cli.ts COMMAND

  migrate        bring the database up to date
  make-keys      a private key set for MCH_CLIENT_KEYS or MCH_FEDERATION_KEYS; needs no settings
  federation-keys  the public federation keys, for the superiors
  seed-demo      add synthetic records of a month and content, where there are none at all; needs MCH_DEMO=1
`;

const commands: Record<string, (config: Config) => Promise<string>> = {
  async migrate(config) {
    await migrate(config.database, { ...mchMigrations, ...schemaOf(AREAS) });
    return 'the database is up to date';
  },
  async 'federation-keys'({ federation }) {
    if (!federation) throw new ConfigurationError('federation-keys needs MCH_FEDERATION_KEYS');
    return JSON.stringify(publicKeys(federation.federationKeys), null, 2);
  },
  async 'seed-demo'(config) {
    if (!config.demo) throw new ConfigurationError('seed-demo needs MCH_DEMO=1');
    const database = openDatabase<MchTables>({
      ...config.database,
      applicationName: 'mch-cli',
      onConnectionLost: () => {},
    });
    try {
      const keyring = createKeyring(config.masterKeys);
      const added = await seedDemo(recordsOf({ db: database.db, clock: systemClock, keyring }, AREAS));
      const told = await seedContent(database.db, systemClock());
      return `added ${added} records and ${told} entries of content`;
    } finally {
      await database.close();
    }
  },
};

const name = process.argv[2] ?? '';
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (name === 'make-keys') {
  process.stdout.write(`${JSON.stringify(await makePrivateKeys())}\n`);
} else if (!command) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(`${await command(readConfig(process.env))}\n`);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
