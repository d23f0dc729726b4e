import { openDatabase } from '#db/handle.ts';
import { requireLimits } from '#db/checks.ts';
import { databaseReadings } from '#db/readings.ts';
import { migrate } from '#db/migrate.ts';
import { mchMigrations } from '#db/mch/migrations.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { watchEventLoop } from '#kit/event-loop.ts';
import { connectionRoom } from '#kit/http/limits.ts';
import { serve } from '#kit/http/serve.ts';
import { startJobs } from '#kit/jobs.ts';
import { createKeyring } from '#kit/keyring.ts';
import { endWhenAsked } from '#kit/life.ts';
import { createLog } from '#kit/log.ts';
import { sayReady } from '#kit/processes/worker.ts';
import { startTelemetry } from '#kit/telemetry/telemetry.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { createApp } from './app.ts';
import { AREAS } from './areas/index.ts';
import { type Config, readConfig } from './config.ts';
import { createIdpApi } from './idp-api/index.ts';
import { createImportRights } from './import-rights.ts';
import { backgroundJobs } from './jobs.ts';
import { menuOf } from './places.ts';
import { recordsOf } from './record-pages.ts';
import { runImports, schemaOf } from './records/index.ts';
import { reminderDeps } from './reminder-jobs.ts';
import { findIdentityProvider } from './relying-party/index.ts';

/** Starts the MCH system and keeps it until a signal comes. */
async function main(config: Config): Promise<void> {
  const log = createLog('mch-app', config.logLevel);
  const telemetry = await startTelemetry(config.telemetry, log);
  const keyring = createKeyring(config.masterKeys);
  await migrate(config.database, { ...mchMigrations, ...schemaOf(AREAS) });
  const database = openDatabase<MchTables>({
    ...config.database,
    applicationName: 'mch-app',
    observe: telemetry.observeStatement,
    onConnectionLost: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
  const { db } = database;
  await requireLimits(database, config.database);
  telemetry.add(...databaseReadings({ requests: database }));
  const assets = loadAssets();
  let stopping = false;
  const loop = watchEventLoop({ onBlocked: (ms) => log.error({ ms }, 'the event loop stood still') });
  const provider = findIdentityProvider(config, systemClock, log, telemetry.fetch);
  const app = createApp({
    config,
    isReady: () => !stopping && !loop.wasBlockedLately(),
    db,
    clock: systemClock,
    keyring,
    log,
    assets,
    renderer: createRenderer({ assets }),
    provider,
    callApi: telemetry.fetch,
  });
  const answer = app.callback();
  const serving = await serve(
    telemetry.observe((req, res) => void answer(req, res)),
    config.port,
    config.host,
    { connections: connectionRoom(config.processes.connections) },
  );
  const api = createIdpApi({
    issuer: config.issuer,
    clock: systemClock,
    configuration: () => provider.configuration(),
    call: telemetry.fetch,
  });
  const files = {
    ...recordsOf({ db, clock: systemClock, keyring }, AREAS),
    log,
    rightsOf: createImportRights({ api, menu: menuOf(AREAS) }),
  };
  const listed = backgroundJobs({
    runImports: () => runImports(files),
    ...{ db, log, clock: systemClock, limits: config.sessions, auditMonths: config.auditMonths },
    api,
    reminders: reminderDeps({ db, log, clock: systemClock, api, origin: config.origin }, AREAS),
  });
  const jobs = startJobs(telemetry.jobs(listed), log, () => false);
  if (!config.clamd)
    log.info('no virus scanner is set: files that are brought are judged by their content alone');
  log.info({ port: serving.port, origin: config.origin }, 'listening');

  endWhenAsked(
    {
      hurry: () => serving.hurry(),
      async stop(options) {
        stopping = true;
        await serving.stop(options);
        loop.stop();
        await jobs.stop();
        await telemetry.stop();
        await database.close();
      },
    },
    log,
    config.processes,
  );
  sayReady({ port: serving.port });
}

try {
  await main(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
