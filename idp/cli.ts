import { readFileSync } from 'node:fs';
import { type Database, openDatabase } from '#db/handle.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import { seedDemoWorld } from '#db/idp/seed/apply.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { migrate } from '#db/migrate.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { nationalIdIndex, sealNationalId } from './accounts/index.ts';
import { createPasswordHasher, enrolTotp, setPassword } from './authenticators/index.ts';
import { type Config, readConfig } from './config.ts';
import { applyManifest, readManifest } from './subsystems/index.ts';

const USAGE = `usage: idp <command>
  migrate                        bring the database up to date
  subsystems apply FILE...       declare subsystems from their manifests
  seed-demo                      add the synthetic demo world
`;

type Command = (config: Config, database: Database<IdpTables>, args: string[]) => Promise<string>;

const commands: Record<string, Command> = {
  migrate: async (config) => {
    await migrate(config.database.url, idpMigrations);
    return 'the database is up to date';
  },
  'subsystems apply': applySubsystems,
  'seed-demo': seedDemo,
};

/** @throws ConfigurationError naming every fault of every file; then nothing is applied */
async function applySubsystems(
  config: Config,
  database: Database<IdpTables>,
  files: string[],
): Promise<string> {
  const readings = files.map((file) => ({ file, reading: readManifest(readText(file), process.env) }));
  const faults = readings.flatMap(({ file, reading }) =>
    reading.ok ? [] : reading.faults.map((fault) => `${file}: ${fault}`),
  );
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  const deps = { db: database.db, clock: systemClock, keyring: createKeyring(config.masterKeys) };
  for (const { reading } of readings) {
    if (!reading.ok) continue;
    const { client_id: clientId } = reading.manifest.client;
    const secret = process.env[`CLIENT_SECRET_${clientId.toUpperCase().replaceAll('-', '_')}`];
    await applyManifest(deps, reading.manifest, secret);
  }
  return `applied ${readings.length} subsystem(s)`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}

async function seedDemo(config: Config, { db }: Database<IdpTables>): Promise<string> {
  if (!config.demo) throw new ConfigurationError('seed-demo needs IDP_DEMO=1');
  const keyring = createKeyring(config.masterKeys);
  const cost = { memoryKib: config.argon2.memoryKib, time: config.argon2.time };
  const hasher = await createPasswordHasher(cost, createLog('idp-cli', 'warn'));
  try {
    const added = await seedDemoWorld(db, {
      setPassword: (trx, accountId, password) =>
        setPassword(trx, hasher, { accountId, password, at: systemClock() }),
      enrolTotp: (trx, accountId, secret) =>
        enrolTotp(trx, keyring, { accountId, at: systemClock(), secret }),
      hashPassword: (password) => hasher.hash(password),
      nationalIdIndex: (nationalId) => nationalIdIndex(keyring, nationalId),
      sealNationalId: (nationalId, accountId) => sealNationalId(keyring, nationalId, accountId),
    });
    return `added ${added} people`;
  } finally {
    await hasher.stop();
  }
}

async function main(args: string[]): Promise<void> {
  const name = [2, 1]
    .map((words) => args.slice(0, words).join(' '))
    .find((candidate) => candidate in commands);
  const command = name === undefined ? undefined : commands[name];
  if (name === undefined || !command) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const config = readConfig(process.env);
  const database = openDatabase<IdpTables>({
    ...config.database,
    connections: 2,
    applicationName: 'idp-cli',
    onConnectionLost: () => {},
  });
  try {
    const outcome = await command(config, database, args.slice(name.split(' ').length));
    process.stdout.write(`${outcome}\n`);
  } finally {
    await database.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
