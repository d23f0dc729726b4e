import { openDatabase } from '#db/handle.ts';
import { idpMigrations } from '#db/idp/migrations.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import { listen } from '#db/listen.ts';
import { migrate } from '#db/migrate.ts';
import type { Clock } from '#kit/clock.ts';
import { serve } from '#kit/http/serve.ts';
import { type Job, startJobs } from '#kit/jobs.ts';
import { createKeyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import { type Mailer, createMailer } from '#kit/mail.ts';
import { loadAssets } from '#templates/assets.ts';
import { createRenderer } from '#templates/engine.ts';
import { remindOfRequests, tendRequests } from './access-requests/index.ts';
import { watchAuditStore } from './audit/index.ts';
import { maintainAuditPartitions, runVerifications, sealAudit, signCheckpoint } from './audit-trail/index.ts';
import { createAllowList } from './allow-list/index.ts';
import { createApp } from './app.ts';
import {
  captchaAnswerSource,
  createPasswordHasher,
  deleteStaleAttempts,
  loadVoices,
  openCardVerifier,
} from './authenticators/index.ts';
import { type Config, KEY_POLL_SECONDS } from './config.ts';
import { expireEnrollments, remindOfEnrollments } from './enrollments/index.ts';
import { remindOfPermissionRequests } from './permission-requests/index.ts';
import {
  type OidcDeps,
  type ProviderHolder,
  createProviderHolder,
  deliverLogouts,
  maintainPartitions,
} from './oidc/index.ts';
import { forgetOldAnswers } from './directory-api/index.ts';
import { deleteOldDeliveries } from './logout-health/index.ts';
import { type DeliveryDeps, deleteOldMails, deliverMails } from './notifications/index.ts';
import { suspendIdleAccounts, suspendLockedAccounts } from './life-cycle/index.ts';
import { warnOfExpiry } from './password-change/index.ts';
import { portalClient } from './portal/index.ts';
import { forgetOldLinks, issueResets } from './recovery/index.ts';
import { sweepExpired } from './sessions/index.ts';
import { alarmUnconfirmed, createKeyEvidence, rotateKeys } from './signing-keys/index.ts';
import { createClientRegistry } from './subsystems/index.ts';
import { advanceUnitImports } from './unit-register/index.ts';
import { openVirtualCards } from './virtual-cards/index.ts';
import { runReviews } from './account-review/index.ts';
import { tellOverdue } from './breaches/index.ts';
import { watchAudit } from './watch/index.ts';
import { createVisitCounter } from './visits/index.ts';
import { createStatusBoard } from './service-status/index.ts';

export interface Replica {
  port: number;
  database: OidcDeps['database'];
  /** Readiness off, requests under way finished, connections closed. */
  stop(): Promise<void>;
}

const JOB_CONNECTIONS = 2;
/** A list over a million rows never takes the connection of somebody who signs in. */
const CONSOLE_CONNECTIONS = 4;
const SCHEDULED = { ask: false, reason: 'schedule' };

const POLLED: Record<string, string> = {
  console_network_changed: 'console-networks',
  service_status_changed: 'service-status',
  client_changed: 'clients',
  signing_key_changed: 'signing-keys',
  logout_delivery: 'logouts',
  mail_message: 'mails',
  password_reset_request: 'password-resets',
  unit_import: 'unit-imports',
};

/**
 * One replica of the identity provider: the database brought up to date, keys and clients loaded, jobs running,
 * requests served. Any number of them share one database and nothing else.
 * @throws ConfigurationError when a setting, the database or the port makes it impossible
 */
export async function startReplica(config: Config, log: Log, clock: Clock): Promise<Replica> {
  const newCaptchaAnswer = captchaAnswerSource(config, log);
  const keyring = createKeyring(config.masterKeys);
  await migrate(config.database.url, idpMigrations);
  const open = (applicationName: string, connections: number, plans?: 'custom') =>
    openDatabase<IdpTables>({
      url: config.database.url,
      connections,
      applicationName,
      ...(plans && { plans }),
      onConnectionLost: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
    });
  const database = open('idp', config.database.connections);
  const consoleDatabase = open('idp-console', CONSOLE_CONNECTIONS, 'custom');
  const jobDatabase = open('idp-jobs', JOB_CONNECTIONS); // a busy job never takes a request's connection
  const { db } = database;
  await maintainPartitions(db, clock());
  await maintainAuditPartitions(db, clock(), config.audit.retentionMonths);
  await rotateKeys({ db, clock, keyring }, config.keys.schedule, SCHEDULED);

  const assets = loadAssets();
  const renderer = createRenderer({ assets });
  const [registry, hasher] = await Promise.all([
    createClientRegistry(jobDatabase.db, [portalClient(config.issuer)]),
    createPasswordHasher({ memoryKib: config.argon2.memoryKib, time: config.argon2.time }, log),
  ]);
  const evidence = createKeyEvidence(clock);
  const oidc = { config, database, registry, keyring, clock, log, renderer, evidence };
  const holder = await createProviderHolder(oidc, jobDatabase.db);
  const mailer = openMailer(config, log);
  const board = await createStatusBoard(jobDatabase.db, clock);
  const visits = await createVisitCounter(jobDatabase.db, clock);
  const allowList = await createAllowList(jobDatabase.db);
  const content = [
    { name: 'console-networks', everyMs: 5000, run: () => allowList.refresh() },
    { name: 'service-status', everyMs: 5000, run: () => board.refresh() },
    { name: 'visits', everyMs: 2000, run: () => visits.flush() },
    { name: 'key-evidence', everyMs: 5000, run: () => evidence.flush(jobDatabase.db) },
  ];
  const jobs = startJobs([...listJobs({ ...oidc, database: jobDatabase }, holder, mailer), ...content], log);
  const unlisten = await listen(
    () => jobDatabase.connect(),
    Object.keys(POLLED),
    (channel) => jobs.wake(POLLED[channel] ?? ''),
  );

  let stopping = false;
  const isReady = async (): Promise<boolean> => {
    if (stopping) return false;
    await database.query('select 1 where $1', [true]);
    return true;
  };
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
    visits,
    allowList,
    isReady: () => isReady().catch(() => false),
  });
  const serving = await serve(app, config.port, config.host);

  return {
    port: serving.port,
    database,
    async stop() {
      if (stopping) return;
      stopping = true;
      await serving.stop();
      await unlisten();
      await jobs.stop();
      await visits.flush().catch((error: unknown) => log.warn({ err: error }, 'visits were not counted'));
      mailer?.close();
      await hasher.stop();
      await Promise.all([database.close(), consoleDatabase.close(), jobDatabase.close()]);
    },
  };
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

function listJobs(deps: OidcDeps, holder: ProviderHolder, mailer: Mailer | undefined): Job[] {
  const { registry, clock, config, keyring } = deps;
  const { db } = deps.database;
  return [
    { name: 'clients', everyMs: 1000, run: () => registry.refresh() },
    { name: 'signing-keys', everyMs: KEY_POLL_SECONDS * 1000, run: () => holder.refresh() },
    {
      name: 'key-rotation',
      everyMs: 60_000,
      run: () => rotateKeys({ db, clock, keyring }, config.keys.schedule, SCHEDULED),
    },
    { name: 'key-alarms', everyMs: 60_000, run: () => alarmUnconfirmed(resetDeps(deps)) },
    { name: 'logouts', everyMs: 1000, run: () => deliverLogouts(deps, holder) },
    ...(mailer ? [{ name: 'mails', everyMs: 1000, run: () => deliverMails(mailDeps(deps, mailer)) }] : []),
    { name: 'password-resets', everyMs: 1000, run: () => issueResets(resetDeps(deps)) },
    {
      name: 'expiring-passwords',
      everyMs: 3_600_000,
      run: () => warnOfExpiry({ ...resetDeps(deps), rules: deps.config.passwordPolicy }),
    },
    { name: 'old-links', everyMs: 600_000, run: () => forgetOldLinks(resetDeps(deps)) },
    { name: 'old-answers', everyMs: 600_000, run: () => forgetOldAnswers(db) },
    { name: 'old-logouts', everyMs: 600_000, run: () => deleteOldDeliveries(db) },
    { name: 'old-mails', everyMs: 600_000, run: () => deleteOldMails(db) },
    { name: 'enrollments', everyMs: 600_000, run: () => expireEnrollments({ db, clock }) },
    { name: 'review-reminders', everyMs: 600_000, run: () => remindReviewers(deps) },
    { name: 'unit-imports', everyMs: 1000, run: () => advanceUnitImports({ db, clock }) },
    {
      name: 'access-requests',
      everyMs: 60_000,
      run: () => tendRequests({ db, clock, keyring, registry, config }),
    },
    { name: 'expired', everyMs: 5000, run: () => sweepExpired({ db }) },
    { name: 'partitions', everyMs: 60_000, run: () => maintainPartitions(db, clock()) },
    {
      name: 'audit-verifications',
      everyMs: 2000,
      run: () => runVerifications({ db, clock, keyring, issuer: config.issuer, audit: config.audit, config }),
    },
    { name: 'watch', everyMs: 60_000, run: () => watchAudit({ db, keyring, config }) },
    {
      name: 'account-reviews',
      everyMs: 600_000,
      run: () => runReviews({ db, keyring, clock, registry, config }),
    },
    { name: 'breach-deadlines', everyMs: 60_000, run: () => tellOverdue({ db, keyring, clock, config }) },
    { name: 'audit-store', everyMs: 1000, run: () => watchAuditStore({ db, log: deps.log }) },
    { name: 'audit-seal', everyMs: 500, run: () => sealAudit({ db }) },
    {
      name: 'audit-checkpoint',
      everyMs: 10_000,
      run: () => signCheckpoint({ db, clock, keyring, issuer: config.issuer, audit: config.audit }),
    },
    {
      name: 'audit-partitions',
      everyMs: 3_600_000,
      run: () => maintainAuditPartitions(db, clock(), config.audit.retentionMonths),
    },
    {
      name: 'idle-accounts',
      everyMs: 600_000,
      run: () => suspendIdleAccounts({ db, keyring, registry, config }),
    },
    {
      name: 'locked-accounts',
      everyMs: 60_000,
      run: () => suspendLockedAccounts({ db, keyring, registry, config }),
    },
    { name: 'attempts', everyMs: 600_000, run: () => deleteStaleAttempts(db, clock()) },
  ];
}

/** Whatever lies before reviewers too long. */
async function remindReviewers({ config, database, keyring, registry, clock }: OidcDeps): Promise<void> {
  const deps = { db: database.db, keyring, registry, clock, config };
  await remindOfEnrollments({ ...deps, issuer: config.issuer }, config.reviews);
  await remindOfRequests(deps, config.reviews);
  await remindOfPermissionRequests(deps, config.reviews.remindAfterDays);
}

function resetDeps({ config, database, keyring, clock }: OidcDeps) {
  return { db: database.db, keyring, clock, issuer: config.issuer };
}

function mailDeps({ config, database, keyring, clock, log }: OidcDeps, mailer: Mailer): DeliveryDeps {
  const host = new URL(config.issuer).hostname;
  return { db: database.db, keyring, clock, log, mailer, host, keepContent: config.demo };
}
