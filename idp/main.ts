import { openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import { listen } from '#db/listen.ts';
import { migrate } from '#db/migrate.ts';
import { systemClock } from '#kit/clock.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { serve } from '#kit/http/serve.ts';
import { type Job, startJobs } from '#kit/jobs.ts';
import { createKeyring } from '#kit/keyring.ts';
import { createLog } from '#kit/log.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { createApp } from './app.ts';
import {
  captchaAnswerSource,
  createPasswordHasher,
  deleteStaleAttempts,
  loadVoices,
} from './authenticators/index.ts';
import { readConfig } from './config.ts';
import { createProviderHolder, deliverLogouts, maintainPartitions } from './oidc/index.ts';
import { portalClient } from './portal/index.ts';
import { sweepExpired } from './sessions/index.ts';
import { ensureSigningKeys } from './signing-keys/index.ts';
import { createClientRegistry } from './subsystems/index.ts';

/** Starts one replica of the identity provider and stops it on a signal, when requests under way are done. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('idp', config.logLevel);
  const clock = systemClock;
  const newCaptchaAnswer = captchaAnswerSource(config, log);
  const keyring = createKeyring(config.masterKeys);
  await migrate(config.database.url, idpMigrations);
  const database = openDatabase<IdpTables>({
    ...config.database,
    applicationName: 'idp',
    onConnectionLost: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
  });
  const { db } = database;
  await maintainPartitions(db, clock());
  await ensureSigningKeys({ db, clock, keyring });

  const assets = loadAssets();
  const renderer = createRenderer({ assets });
  const [registry, hasher] = await Promise.all([
    createClientRegistry(db, [portalClient(config.issuer)]),
    createPasswordHasher({ memoryKib: config.argon2.memoryKib, time: config.argon2.time }, log),
  ]);
  const oidc = { config, database, db, registry, keyring, clock, log, renderer };
  const holder = await createProviderHolder(oidc);

  const jobs: Job[] = [
    { name: 'clients', everyMs: 1000, run: () => registry.refresh() },
    { name: 'signing-keys', everyMs: 5000, run: () => holder.refresh() },
    { name: 'logouts', everyMs: 1000, run: () => deliverLogouts(oidc, holder) },
    { name: 'expired', everyMs: 5000, run: () => sweepExpired({ db }) },
    { name: 'partitions', everyMs: 60_000, run: () => maintainPartitions(db, clock()) },
    { name: 'attempts', everyMs: 600_000, run: () => deleteStaleAttempts(db, clock()) },
  ];
  const running = startJobs(jobs, log);
  const wakes: Record<string, string> = {
    client_changed: 'clients',
    signing_key_changed: 'signing-keys',
    logout_delivery: 'logouts',
  };
  const unlisten = await listen(
    () => database.connect(),
    Object.keys(wakes),
    (channel) => running.wake(wakes[channel] ?? ''),
  );

  let stopping = false;
  const isReady = async (): Promise<boolean> => {
    if (stopping) return false;
    await database.query('select 1 where $1', [true]);
    return true;
  };
  const app = createApp({
    ...oidc,
    assets,
    hasher,
    voices: loadVoices(),
    newCaptchaAnswer,
    holder,
    isReady: () => isReady().catch(() => false),
  });
  const serving = await serve(app, config.port, config.host);
  log.info({ port: serving.port, issuer: config.issuer }, 'listening');
  process.send?.({ ready: true, port: serving.port });

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await serving.stop();
    await unlisten();
    await running.stop();
    await hasher.stop();
    await database.close();
    process.disconnect?.();
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('disconnect', () => void stop());
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
