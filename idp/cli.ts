import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '#db/handle.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import type { Db, IdpTables, Trx } from '#db/idp/tables.ts';
import { migrate } from '#db/migrate.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import { HsmError } from '#kit/pkcs11/hsm-process.ts';
import { disableAccount, enableAccount } from './accounts/index.ts';
import { ALLOW_USAGE, runConsoleCommand } from './allow-list/index.ts';
import { AUDIT_USAGE, runAuditCommand } from './audit-trail/index.ts';
import { CARD_USAGE, registerCard, runBreachedImport } from './authenticators/index.ts';
import { CERTIFICATION_USAGE, runCertificationCommand } from './certification/index.ts';
import { type Config, readConfig } from './config.ts';
import { openKeyring } from './keyring.ts';
import { RESTORE_USAGE, runRestoreCommand } from './restoring/index.ts';
import { REGISTER_COMMANDS, REGISTER_USAGE } from './unit-register/index.ts';
import { AUTHORITY_USAGE, runAuthorityCommand } from './federation/authority/index.ts';
import { ENROLLMENT_COMMANDS, ENROLLMENT_USAGE } from './enrollments/index.ts';
import {
  describeIdleAccounts,
  describeSuspended,
  runReinstatement,
  runResignation,
} from './life-cycle/index.ts';
import { runNationalIdConfirmation } from './profile/index.ts';
import { runDataRequestCommand } from './data-rights/index.ts';
import {
  FEDERATION_USAGE,
  PROVIDER_USAGE,
  runFederationCommand,
  runProviderCommand,
} from './federation/index.ts';
import { FOUNDING_USAGE, runFounding } from './founding/index.ts';
import { describeDeadLetters, resendDeadLetter } from './notifications/index.ts';
import { sessionCookieHeader } from './oidc/index.ts';
import { runContentImport } from './portal/index.ts';
import { REGISTRATION_USAGE, runRegistrationCommand } from './registration/index.ts';
import { runCheckCommand } from './readiness/index.ts';
import { loadCarriedKeys, runReseal } from './resealing/index.ts';
import { endEverywhere } from './sessions/index.ts';
import { seedDemo, seedTrial, withHasher } from './seeding.ts';
import { KEY_USAGE, runKeyCommand } from './signing-keys/index.ts';
import { type StatusOutcome, setStatus } from './subsystem-accounts/index.ts';
import { HOLIDAY_USAGE, runHolidayImport } from './working-days/index.ts';
import { TRIAL_USAGE, runTrial } from './trial/index.ts';
import { createClientRegistry, runApply, setClientStatus } from './subsystems/index.ts';

const USAGE = `usage: idp <command>
  migrate                        bring the database up to date
  subsystems apply FILE...       declare subsystems from their manifests
  subsystems check CODE          sign in there without a person, and see whether bad tokens are refused
${TRIAL_USAGE}${FOUNDING_USAGE}  accounts disable LOGIN --reason TEXT          end all sessions, refuse every sign-in
  accounts enable LOGIN --reason TEXT
  accounts resign LOGIN --reason TEXT [--successor LOGIN]   the last manager of a unit names a successor
  accounts confirm-national-id LOGIN --reason TEXT [--by LOGIN]   a number its owner changed, seen on a document
  accounts idle                  accounts nobody signed in with for 90 days
  subsystem-accounts disable ID --reason TEXT   end what was granted as it
  subsystem-accounts enable ID --reason TEXT
  subsystem-accounts suspended   those waiting to be reinstated
  subsystem-accounts reinstate ID --reason TEXT [--by LOGIN]
  clients disable CLIENT_ID      end its grants, refuse it
  clients enable CLIENT_ID
${KEY_USAGE}  data-requests list [--all]     people's requests about their own data
  data-requests decide ID --grant [--note TEXT] | --refuse GROUND --note TEXT
  data-requests extend ID --reason TEXT
  data-requests carry-out ID     a granted stop or deletion: the account ends; deletion also erases the person
  mail dead-letters              mails given up
  mail resend NUMBER --reason TEXT
  keys reseal [--dry-run]        everything sealed, sealed by the newest master key; indexes moved to it
  passwords import-breached FILE [--again]      leaked passwords: lines SHA1:COUNT, or a folder of range files
  content import FILE            announcements, help, downloads, notices and maintenance windows from JSON
${AUDIT_USAGE}${ALLOW_USAGE}${AUTHORITY_USAGE}${CARD_USAGE}${CERTIFICATION_USAGE}${ENROLLMENT_USAGE}${FEDERATION_USAGE}${HOLIDAY_USAGE}${PROVIDER_USAGE}${REGISTER_USAGE}${REGISTRATION_USAGE}${RESTORE_USAGE}  seed-demo [FILE...]            declare these subsystems, and add the synthetic demo world
  seed-trial CODE...             accounts of the demo people for trying these subsystems
`;

type Command = (config: Config, database: Database<IdpTables>, args: string[]) => Promise<string>;

const commands: Record<string, Command> = {
  migrate: async (config) => {
    await migrate(config.database, idpMigrations);
    return 'the database is up to date';
  },
  'subsystems apply': applySubsystems,
  'subsystems check': checkSubsystem,
  'accounts found': (config, { db }, args) =>
    withHasher(config, (hasher) =>
      runFounding({ db, clock: systemClock, keyring: openKeyring(config), hasher }, args),
    ),
  'accounts disable': (_config, { db }, args) => {
    const { subject, reason } = readSubject(args);
    const endAll = async (trx: Trx, accountId: string): Promise<number> =>
      endEverywhere(trx, accountId, 'account_disabled');
    return report(subject, 'disabled', disableAccount(db, subject, reason, endAll));
  },
  'accounts enable': (_config, { db }, args) => {
    const { subject, reason } = readSubject(args);
    return report(subject, 'enabled', enableAccount(db, subject, reason));
  },
  'subsystem-accounts disable': (_config, { db }, args) => {
    const { subject, reason } = readSubject(args);
    return reportStatus(subject, 'disabled', setStatus(db, subject, { deed: 'disable', reason }));
  },
  'subsystem-accounts enable': (_config, { db }, args) => {
    const { subject, reason } = readSubject(args);
    return reportStatus(subject, 'enabled', setStatus(db, subject, { deed: 'enable', reason }));
  },
  'accounts resign': async (config, { db }, args) => runResignation(await lifeDeps(config, db), args),
  'accounts confirm-national-id': (_config, { db }, args) => runNationalIdConfirmation(db, args),
  'accounts idle': (_config, { db }) => describeIdleAccounts(db),
  'subsystem-accounts suspended': (_config, { db }) => describeSuspended(db),
  'subsystem-accounts reinstate': async (config, { db }, args) =>
    runReinstatement(await lifeDeps(config, db), args),
  'clients disable': (_config, { db }, [clientId = '']) =>
    report(clientId, 'disabled', setClientStatus(db, clientId, 'disabled')),
  keys: (config, { db }, args) => {
    const deps = { db, clock: systemClock, keyring: openKeyring(config), issuer: config.issuer };
    return runKeyCommand(deps, config.keys.schedule, args);
  },
  console: (_config, { db }, args) => runConsoleCommand({ db, clock: systemClock }, args),
  audit: (config, { db }, args) => {
    const keyring = openKeyring(config);
    return runAuditCommand({ db, clock: systemClock, keyring, ...config }, args);
  },
  'clients enable': (_config, { db }, [clientId = '']) =>
    report(clientId, 'enabled', setClientStatus(db, clientId, 'active')),
  'content import': (_config, { db }, [file]) => runContentImport(db, systemClock(), file),
  'data-requests': async (config, { db }, args) => runDataRequestCommand(await lifeDeps(config, db), args),
  'keys reseal': runResealing,
  'national-ids reseal': runResealing, // its name in earlier releases
  'passwords import-breached': (_config, { db }, args) => runBreachedImport(db, args, tellProgress),
  'mail dead-letters': (_config, { db }) => describeDeadLetters(db),
  'mail resend': (_config, { db }, args) => {
    const { subject, reason } = readSubject(args);
    return resendDeadLetter(db, subject, reason);
  },
  'cards register': (_config, { db }, args) => registerCard(db, args),
  ...enrollmentCommands(),
  ...registerCommands(),
  'registration tokens': (_config, { db }, args) => runRegistrationCommand({ db, clock: systemClock }, args),
  certification: (config, { db }, args) => {
    const deps = { db, clock: systemClock, keyring: openKeyring(config), config };
    return runCertificationCommand(deps, args, process.env);
  },
  providers: (config, { db }, args) => {
    const keyring = openKeyring(config);
    const log = createLog('idp', 'silent');
    return runProviderCommand({ db, clock: systemClock, keyring, log, config }, args, process.env);
  },
  federation: (config, { db }, args) => {
    const deps = { db, clock: systemClock, keyring: openKeyring(config), config };
    return runFederationCommand(deps, args);
  },
  'holidays import': (_config, { db }, [file]) => runHolidayImport(db, file),
  restore: (config, { db }, args) => {
    const deps = { db, clock: systemClock, keyring: openKeyring(config) };
    return runRestoreCommand(deps, config.keys.schedule, args);
  },
  'seed-demo': async (config, database, files) => {
    if (config.demo && files.length > 0) await applySubsystems(config, database, files);
    return seedDemo(config, database.db);
  },
  'seed-trial': (config, { db }, codes) => seedTrial(config, db, codes),
};

function applySubsystems(config: Config, { db }: Database<IdpTables>, files: string[]): Promise<string> {
  return runApply({ db, clock: systemClock, keyring: openKeyring(config), config }, files, process.env);
}

async function runResealing(config: Config, { db }: Database<IdpTables>, args: string[]): Promise<string> {
  const keyring = openKeyring(config);
  await loadCarriedKeys(db, keyring);
  return runReseal({ db, keyring }, args, tellProgress);
}

function tellProgress(progress: string): void {
  process.stderr.write(`${progress}\n`);
}

async function lifeDeps(config: Config, db: Db) {
  return { db, config, keyring: openKeyring(config), registry: await createClientRegistry(db) };
}

function registerCommands(): Record<string, Command> {
  return Object.fromEntries(
    Object.entries(REGISTER_COMMANDS).map(([name, run]): [string, Command] => [
      name,
      (_config, { db }, args) => run({ db, clock: systemClock }, args),
    ]),
  );
}

function enrollmentCommands(): Record<string, Command> {
  return Object.fromEntries(
    Object.entries(ENROLLMENT_COMMANDS).map(([name, run]): [string, Command] => [
      name,
      async (config, { db }, args) => {
        const registry = await createClientRegistry(db);
        const { issuer } = config;
        return run({ db, clock: systemClock, keyring: openKeyring(config), issuer, registry }, args);
      },
    ]),
  );
}

/** @throws ConfigurationError when the subject or the reason is missing */
function readSubject(args: string[]): { subject: string; reason: string } {
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [subject] = positionals;
  if (subject === undefined || !values.reason) throw new ConfigurationError('name one and give a --reason');
  return { subject, reason: values.reason };
}

async function report(subject: string, deed: string, done: Promise<boolean>): Promise<string> {
  if (!(await done)) throw new ConfigurationError(`there is no ${subject}`);
  return `${subject} ${deed}`;
}

async function reportStatus(subject: string, deed: string, done: Promise<StatusOutcome>): Promise<string> {
  const outcome = await done;
  if (outcome.changed) return `${subject} ${deed}`;
  const { reason } = outcome;
  throw new ConfigurationError(
    reason === 'unknown_account' ? `there is no ${subject}` : `${subject} ${reason.replace('_', ' ')}`,
  );
}

async function checkSubsystem(config: Config, { db }: Database<IdpTables>, [code = '']: string[]) {
  const keyring = openKeyring(config);
  const registry = await createClientRegistry(db);
  const sessionCookie = (id: string): string => sessionCookieHeader({ config, keyring }, id);
  return runCheckCommand({ db, config, keyring, registry, sessionCookie, clock: systemClock }, code);
}

/** Opens the database and lends it to `deed`. */
async function withDatabase<T>(
  deed: (config: Config, database: Database<IdpTables>) => Promise<T>,
): Promise<T> {
  const config = readConfig(process.env);
  const database = openDatabase<IdpTables>({
    ...config.database,
    url: config.database.directUrl ?? config.database.url,
    prepare: 'named',
    connections: 2,
    applicationName: 'idp-cli',
    patient: true,
    onConnectionLost: () => {},
  });
  try {
    return await deed(config, database);
  } finally {
    await database.close();
  }
}

/** A manifest in a file needs neither settings nor database. */
function trySubsystem(args: string[]): Promise<string> {
  const manifestOf = (code: string) =>
    withDatabase(async (_config, { db }) => (await createClientRegistry(db)).subsystem(code)?.manifest);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return runTrial({ environment: process.env, manifestOf, print }, args);
}

/** A trust anchor or intermediate lives in a folder of its own. */
function runAuthority(args: string[]): Promise<string> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const until = new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  return runAuthorityCommand({ clock: systemClock, print, until }, args);
}

async function main(args: string[]): Promise<void> {
  const name = [2, 1]
    .map((words) => args.slice(0, words).join(' '))
    .find((candidate) => candidate in commands);
  const command = name === undefined ? undefined : commands[name];
  let outcome: string;
  if (args[0] === 'subsystems' && args[1] === 'try') outcome = await trySubsystem(args.slice(2));
  else if (args[0] === 'authority') outcome = await runAuthority(args.slice(1));
  else if (name === undefined || !command) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  } else {
    const rest = args.slice(name.split(' ').length);
    outcome = await withDatabase((config, database) => command(config, database, rest));
  }
  process.stdout.write(`${outcome}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof ConfigurationError || error instanceof HsmError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
