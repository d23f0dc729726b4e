import { hostname } from 'node:os';
import { countStalledCommits, requireLimits } from '#db/checks.ts';
import { type OpenOptions, openDatabase } from '#db/handle.ts';
import { databaseReadings } from '#db/readings.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { fencedDatabase } from '#db/fence.ts';
import { standForLeadership } from '#db/leadership.ts';
import { migrate } from '#db/migrate.ts';
import { openStanding } from '#db/standing.ts';
import { watchClock } from '#db/skew.ts';
import type { Clock } from '#kit/clock.ts';
import { watchEventLoop } from '#kit/event-loop.ts';
import { keepFresh } from '#kit/freshness.ts';
import { Admission } from '#kit/http/admission.ts';
import { connectionRoom } from '#kit/http/limits.ts';
import { type StopOptions, serve } from '#kit/http/serve.ts';
import { type Job, startJobs } from '#kit/jobs.ts';
import type { Log } from '#kit/log.ts';
import { type Mailer, createMailer } from '#kit/mail.ts';
import { startTelemetry } from '#kit/telemetry/telemetry.ts';
import { within } from '#kit/within.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { maintainAuditPartitions } from './audit-trail/index.ts';
import { createAllowList } from './allow-list/index.ts';
import { createApp } from './app.ts';
import {
  captchaAnswerSource,
  createPasswordHasher,
  loadVoices,
  openCardVerifier,
} from './authenticators/index.ts';
import { requireNoPeople } from './certification/index.ts';
import type { Config } from './config.ts';
import { openKeyring, requireHsm } from './keyring.ts';
import { POLLED, listJobs } from './jobs.ts';
import { type OidcDeps, PARTITIONED, createProviderHolder, maintainPartitions } from './oidc/index.ts';
import { hashReadings, monitoringReadings, processReadings } from './monitoring/index.ts';
import { loadCarriedKeys } from './resealing/index.ts';
import { portalClient } from './portal/index.ts';
import { createKeyEvidence, createKeyReporter, tendKeys } from './signing-keys/index.ts';
import { RestoredError, type RestoreWatch, watchRestores } from './restoring/index.ts';
import { createClientRegistry } from './subsystems/index.ts';
import { openVirtualCards } from './virtual-cards/index.ts';
import {
  createProviderClients,
  createUpstreamRegistry,
  logoutOffers,
  openFederation,
} from './federation/index.ts';
import { createVisitCounter } from './visits/index.ts';
import { createStatusBoard } from './service-status/index.ts';
import { createServiceRecord } from './status-page/index.ts';

export interface Replica {
  port: number;
  database: OidcDeps['database'];
  /** Readiness off, served on for the drain, requests under way finished, connections closed. */
  stop(options?: StopOptions): Promise<void>;
  /** Cuts a stop that is going on short. */
  hurry(): void;
}

const JOB_CONNECTIONS = 4;
/** A balancer that asks each second wants an answer before it asks again. */
const READY_MS = 900;
/** A list over a million rows never takes the connection of somebody who signs in. */
const CONSOLE_CONNECTIONS = 4;

/**
 * One replica of the identity provider: the database brought up to date, keys and clients loaded, jobs running,
 * requests served. Any number of them share one database and nothing else.
 * @throws ConfigurationError when a setting, the database or the port makes it impossible
 */
export async function startReplica(config: Config, log: Log, clock: Clock): Promise<Replica> {
  const telemetry = await startTelemetry(config.telemetry, log);
  const newCaptchaAnswer = captchaAnswerSource(config, log);
  const keyring = openKeyring(config);
  await requireHsm(keyring);
  await migrate(config.database, idpMigrations);
  const open = (applicationName: string, how: Partial<OpenOptions>) =>
    openDatabase<IdpTables>({
      ...config.database,
      applicationName,
      ...how,
      observe: telemetry.observeStatement,
      onConnectionLost: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
    });
  const database = open('idp', { plans: 'keyed' });
  const consoleDatabase = open('idp-console', { connections: CONSOLE_CONNECTIONS, plans: 'custom' });
  const jobDatabase = open('idp-jobs', { connections: JOB_CONNECTIONS, patient: true }); // a busy job never takes a request's connection
  telemetry.add(
    ...databaseReadings({ requests: database, console: consoleDatabase, jobs: jobDatabase }),
    ...monitoringReadings({ db: jobDatabase.db, clock, partitioned: PARTITIONED }),
  );
  const { db } = database;
  await requireLimits(database, config.database);
  if (config.certification) await requireNoPeople(db);
  // a process that starts on another core meanwhile
  const hashing = createPasswordHasher(config.argon2, log);
  hashing.catch(() => {}); // told below
  await loadCarriedKeys(db, keyring);
  const restores = await watchRestores(jobDatabase.db, log);
  await maintainPartitions(db, clock());
  await maintainAuditPartitions(db, clock(), config.audit.retentionMonths);
  await tendKeys({ db, clock, keyring, log, config });

  const assets = loadAssets();
  const renderer = createRenderer({ assets });
  const [registry, hasher] = await Promise.all([
    createClientRegistry(jobDatabase.db, [portalClient(config.issuer)]),
    hashing,
  ]);
  telemetry.add(...hashReadings(hasher));
  const evidence = createKeyEvidence(clock);
  const { issuedAfter } = restores;
  const federation = await openFederation({ db: jobDatabase.db, clock, keyring, log, config });
  const providers = await createUpstreamRegistry(jobDatabase.db);
  const clients = createProviderClients({ db, clock, keyring, log, config });
  const oidc = {
    ...{ config, database, registry, keyring, clock, log, renderer, evidence, issuedAfter, federation },
    logoutOffers: logoutOffers({ db, clock, keyring, config, providers, clients }),
  };
  const holder = await createProviderHolder(oidc, jobDatabase.db);
  const name = `${hostname()}:${process.pid}`;
  const reporter = createKeyReporter({ db: jobDatabase.db, clock }, name);
  const mailer = openMailer(config, log);
  const board = await createStatusBoard(jobDatabase.db, clock);
  const isClosed = (): boolean => board.restriction()?.window.mode === 'closed';
  const record = createServiceRecord({ db: jobDatabase.db, clock, isClosed });
  telemetry.onRequest((request) => record.count(request));
  const clockWatch = watchClock(jobDatabase, clock, (isRight, skewSeconds) => {
    if (isRight) log.warn({ skewSeconds }, 'the clock is right again');
    else log.error({ skewSeconds }, "the clock is not the database's: out of service until it is right");
  });
  await clockWatch.look();
  const visits = await createVisitCounter(jobDatabase.db, clock);
  const allowList = await createAllowList(jobDatabase.db);
  const fresh = keepFresh([
    { name: 'clients', everyMs: 1000, refresh: () => registry.refresh() },
    { name: 'signing-keys', everyMs: config.keys.pollSeconds * 1000, refresh: () => holder.refresh() },
    { name: 'console-networks', everyMs: 2000, refresh: () => allowList.refresh() },
    { name: 'upstream-providers', everyMs: 2000, refresh: () => providers.refresh() },
    { name: 'federation', everyMs: 2000, refresh: () => federation.refresh() },
    { name: 'service-status', everyMs: 2000, refresh: () => board.refresh() },
  ]);
  const own: Job[] = [
    {
      name: 'key-report',
      everyMs: config.keys.pollSeconds * 1000,
      runs: 'everywhere',
      run: () => reporter.report(holder.stamp),
    },
    { name: 'visits', everyMs: 2000, runs: 'everywhere', run: () => visits.flush() },
    { name: 'restores', everyMs: 1000, runs: 'everywhere', run: () => endIfRestored(restores) },
    { name: 'clock', everyMs: 5000, runs: 'everywhere', run: () => clockWatch.look() },
    { name: 'service-record', everyMs: 15_000, runs: 'everywhere', run: () => record.tick() },
    {
      name: 'stalled-commits',
      everyMs: 5000,
      runs: 'everywhere',
      run: () => tellStalledCommits(database, log),
    },
    {
      name: 'key-evidence',
      everyMs: config.keys.pollSeconds * 1000,
      runs: 'everywhere',
      run: () => evidence.flush(jobDatabase.db),
    },
  ];
  let wake: (name: string) => void = () => {};
  const standing = await openStanding({
    connect: () => jobDatabase.connect(),
    channels: Object.keys(POLLED),
    onMessage: (channel) => wake(POLLED[channel] ?? ''),
    onLost: (why) => log.warn({ why }, 'the listening connection was lost and is replaced'),
  });
  const leadership = await standForLeadership({
    name: 'idp',
    standing,
    holder: name,
    onChange: (leads, fence) => log.info({ leads, fence }, 'who leads the jobs has changed'),
  });
  const leading = fencedDatabase(jobDatabase.db, () => leadership.current());
  const all = [
    ...fresh.jobs,
    ...own,
    ...listJobs({ ...oidc, database: jobDatabase }, leading, holder, mailer),
  ];
  const jobs = startJobs(telemetry.jobs(all), log, () => leadership.current() !== undefined);
  wake = (name) => jobs.wake(name);

  const loop = watchEventLoop({
    onBlocked: (ms) => log.error({ ms }, 'the event loop stood still'),
  });
  let stopping = false;
  const isReady = async (): Promise<boolean> => {
    const isFit = clockWatch.isRight && keyring.hsm?.fault === undefined;
    if (stopping || loop.wasBlockedLately() || !isFit) return false;
    await database.query('select 1 where $1', [true]);
    return true;
  };
  const readiness = () => within(READY_MS, isReady(), false).catch(() => false);
  const admission = new Admission(config.processes.requestsAtOnce, () => loop.delayMs);
  const leads = () => leadership.current() !== undefined;
  telemetry.add(
    ...processReadings({ loop, listener: standing, admission, clock: clockWatch, leads, isReady: readiness }),
  );
  const app = createApp({
    ...oidc,
    ...(await openCards(config, clock)),
    consoleDatabase,
    assets,
    hasher,
    voices: loadVoices(),
    newCaptchaAnswer,
    holder,
    board,
    record,
    visits,
    allowList,
    upstreams: { providers, clients },
    isReady: readiness,
    fresh,
    admission,
  });
  const connections = connectionRoom(config.processes.connections);
  const serving = await serve(telemetry.observe(app), config.port, config.host, { connections });

  return {
    port: serving.port,
    database,
    hurry: () => serving.hurry(),
    async stop(options) {
      if (stopping) return;
      stopping = true;
      await leadership.stop(); // somebody else does what runs once while this one drains
      await serving.stop(options);
      loop.stop();
      await jobs.stop();
      await standing.close();
      await visits.flush().catch((error: unknown) => log.warn({ err: error }, 'visits were not counted'));
      await reporter.stop().catch((error: unknown) => log.warn({ err: error }, 'was not signed off'));
      mailer?.close();
      await hasher.stop();
      await telemetry.stop();
      await Promise.all([database.close(), consoleDatabase.close(), jobDatabase.close()]);
    },
  };
}

/** Asked over the connections of requests: those of jobs are the first to wait. */
async function tellStalledCommits(database: OidcDeps['database'], log: Log): Promise<void> {
  const commits = await countStalledCommits(database);
  if (commits > 0) log.error({ commits }, 'commits wait for a synchronous standby that does not answer');
}

/** An error that nobody catches ends the process, and whoever keeps it starts it anew. */
async function endIfRestored(restores: RestoreWatch): Promise<void> {
  await restores.refresh().catch((error: unknown) => {
    if (!(error instanceof RestoredError)) throw error;
    setImmediate(() => {
      throw error;
    });
  });
}

/** Who judges cards, and the cards a demo holds itself. */
async function openCards({ cards, virtualCards: folder, issuer }: Config, clock: Clock) {
  const virtualCards = folder === undefined ? undefined : await openVirtualCards({ folder, issuer, clock });
  return { cards: openCardVerifier(cards, virtualCards), virtualCards };
}

/** The way out for mails; without one they stay in the database. */
function openMailer({ mail, demo }: Config, log: Log): Mailer | undefined {
  if (mail.url !== undefined) return createMailer({ url: mail.url, from: mail.from });
  if (!demo) log.warn('MAIL_URL is not set: mails are kept and not sent');
  return undefined;
}
