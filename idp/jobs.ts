import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { type Job } from '#kit/jobs.ts';
import { type Mailer } from '#kit/mail.ts';
import { remindOfRequests, tendRequests } from './access-requests/index.ts';
import { watchAuditStore } from './audit/index.ts';
import {
  archiveAudit,
  maintainAuditPartitions,
  runVerifications,
  sealAudit,
  signCheckpoint,
} from './audit-trail/index.ts';
import { expireEnrollments, remindOfEnrollments } from './enrollments/index.ts';
import { type Federation, endExpired, renewAhead } from './federation/index.ts';
import { remindOfPermissionRequests } from './permission-requests/index.ts';
import {
  type OidcDeps,
  type ProviderHolder,
  logoutDelivery,
  maintainPartitions,
  pingDelivery,
} from './oidc/index.ts';
import { forgetOldAnswers } from './directory-api/index.ts';
import { type DeliveryDeps, deliverMails } from './notifications/index.ts';
import { closeImpersonations } from './impersonations/index.ts';
import { suspendIdleAccounts, suspendLockedAccounts } from './life-cycle/index.ts';
import { warnOfExpiry } from './password-change/index.ts';
import { issueResets } from './recovery/index.ts';
import { forgetOld } from './retention/index.ts';
import { sweepExpired } from './sessions/index.ts';
import { noteExpired } from './sign-in-requests/index.ts';
import { alarmKeys, alarmUnconfirmed, tendKeys, tendingMs } from './signing-keys/index.ts';
import { advanceUnitImports } from './unit-register/index.ts';
import { runReviews } from './account-review/index.ts';
import { tellOverdue } from './breaches/index.ts';
import { watchAudit } from './watch/index.ts';

/** What wakes which job at once; every job also runs at its own interval. */
export const POLLED: Record<string, string> = {
  console_network_changed: 'console-networks',
  service_status_changed: 'service-status',
  upstream_provider_changed: 'upstream-providers',
  federation_changed: 'federation',
  client_changed: 'clients',
  signing_key_changed: 'signing-keys',
  logout_delivery: 'logouts',
  backchannel_ping: 'pings',
  mail_message: 'mails',
  password_reset_request: 'password-resets',
  unit_import: 'unit-imports',
};

type Listed = Omit<Job, 'runs'>;

/**
 * Everything that runs beside the requests.
 * @param leading the database as the replica that leads may write to it, for what runs once
 */
export function listJobs(
  deps: OidcDeps,
  leading: Db,
  holder: ProviderHolder,
  mailer: Mailer | undefined,
): Job[] {
  return [
    ...everywhere(deps, holder, mailer).map((job): Job => ({ ...job, runs: 'everywhere' })),
    ...once({ ...deps, database: { ...deps.database, db: leading } }).map((job): Job => ({
      ...job,
      runs: 'once',
    })),
  ];
}

/** Takes its work row by row past what another replica has locked. */
function everywhere(deps: OidcDeps, holder: ProviderHolder, mailer: Mailer | undefined): Listed[] {
  const { clock, config, keyring } = deps;
  const { db } = deps.database;
  const { hsm } = keyring;
  return [
    ...(hsm ? [{ name: 'hsm', everyMs: 2000, run: () => hsm.check() }] : []),
    { name: 'logouts', everyMs: 1000, run: logoutDelivery(deps, holder) },
    { name: 'pings', everyMs: 1000, run: pingDelivery(deps) },
    ...(mailer ? [{ name: 'mails', everyMs: 1000, run: () => deliverMails(mailDeps(deps, mailer)) }] : []),
    { name: 'password-resets', everyMs: 1000, run: () => issueResets(resetDeps(deps)) },
    { name: 'unit-imports', everyMs: 1000, run: () => advanceUnitImports({ db, clock }) },
    {
      name: 'audit-verifications',
      everyMs: 2000,
      run: () => runVerifications({ db, clock, keyring, issuer: config.issuer, audit: config.audit, config }),
    },
    { name: 'audit-store', everyMs: 1000, run: () => watchAuditStore({ db, log: deps.log }) },
  ];
}

/** Only the replica that leads does these, and writes nothing any more once another leads. */
function once(deps: OidcDeps): Listed[] {
  const { registry, clock, config, keyring } = deps;
  const { db } = deps.database;
  const { archiveDir } = config.audit;
  return [
    { name: 'key-rotation', everyMs: tendingMs(config.keys), run: () => tendKeys({ ...deps, db }) },
    {
      name: 'key-alarms',
      everyMs: 60_000,
      run: async () => {
        await alarmUnconfirmed(resetDeps(deps));
        await alarmKeys({ ...deps, db, issuer: config.issuer });
      },
    },
    {
      name: 'expiring-passwords',
      everyMs: 3_600_000,
      run: () => warnOfExpiry({ ...resetDeps(deps), rules: deps.config.passwordPolicy }),
    },
    ...(deps.federation ? federationJobs({ db, clock }, deps.federation) : []),
    { name: 'old-answers', everyMs: 600_000, run: () => forgetOldAnswers(db) },
    { name: 'enrollments', everyMs: 600_000, run: () => expireEnrollments({ db, clock }) },
    { name: 'review-reminders', everyMs: 600_000, run: () => remindReviewers(deps) },
    {
      name: 'access-requests',
      everyMs: 60_000,
      run: () => tendRequests({ db, clock, keyring, registry, config }),
    },
    { name: 'unanswered-requests', everyMs: 5000, run: () => noteExpired(db) },
    { name: 'expired', everyMs: 5000, run: () => sweepExpired({ db }) },
    {
      name: 'impersonations',
      everyMs: 2000,
      run: () => closeImpersonations({ db, clock, keyring, registry, config }),
    },
    { name: 'partitions', everyMs: 60_000, run: () => maintainPartitions(db, clock()) },
    { name: 'watch', everyMs: 60_000, run: () => watchAudit({ db, keyring, config }) },
    {
      name: 'account-reviews',
      everyMs: 600_000,
      run: () => runReviews({ db, keyring, clock, registry, config }),
    },
    { name: 'breach-deadlines', everyMs: 60_000, run: () => tellOverdue({ db, keyring, clock, config }) },
    { name: 'audit-seal', everyMs: 500, run: () => sealAudit({ db }) },
    ...(archiveDir === undefined
      ? []
      : [{ name: 'audit-archive', everyMs: 5000, run: () => archiveAudit(db, archiveDir) }]),
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
    { name: 'retention', everyMs: 600_000, run: () => forgetOld({ db, clock, retention: config.retention }) },
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

function federationJobs(deps: { db: Db; clock: Clock }, federation: Federation): Listed[] {
  return [
    { name: 'federation-clients', everyMs: 5000, run: () => endExpired(deps, federation) },
    { name: 'federation-renewals', everyMs: 5000, run: () => renewAhead(deps, federation) },
    { name: 'federation-keys', everyMs: 600_000, run: () => federation.tendKeys() },
  ];
}
