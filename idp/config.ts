import { z } from 'zod';
import { databaseSettings } from '#db/settings.ts';
import { isLoopback, parseEnvironment } from '#kit/environment.ts';
import { processSection, processSettings } from '#kit/processes/settings.ts';
import { checkSections } from '#kit/settings.ts';
import { cardSettings, cards } from './authenticators/hca-card/settings.ts';
import { retention, retentionDays } from './retention/settings.ts';
import { certification } from './settings/certification.ts';
import { database } from './settings/database.ts';
import { checkKeyTimings, keySchedule } from './settings/key-timings.ts';
import { hsm, hsmSettings } from './settings/hsm.ts';
import { keys } from './settings/keys.ts';
import { mail } from './settings/mail.ts';
import { oversight, reviews } from './settings/oversight.ts';
import { demo, place } from './settings/place.ts';
import { checkProduction } from './settings/production.ts';
import { clientCertificates, protocol } from './settings/protocol.ts';
import { signIn } from './settings/sign-in.ts';
import { telemetry } from './settings/telemetry.ts';

const processes = processSection('IDP');

/** Every setting, in the order operators read them. */
export const SECTIONS = [
  place,
  processes,
  database,
  keys,
  hsm,
  signIn,
  protocol,
  mail,
  reviews,
  oversight,
  telemetry,
  retention,
  cards,
  demo,
  certification,
] as const;

const schema = z
  .object({
    ...place.settings,
    ...processes.settings,
    ...database.settings,
    ...keys.settings,
    ...hsm.settings,
    ...signIn.settings,
    ...protocol.settings,
    ...mail.settings,
    ...reviews.settings,
    ...oversight.settings,
    ...telemetry.settings,
    ...retention.settings,
    ...cards.settings,
    ...demo.settings,
    ...certification.settings,
  })
  .superRefine((values, context) => {
    const complain = (setting: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [setting], message });
    checkSections(SECTIONS, values, complain);
    checkKeyTimings(values, complain);
    const production = values.NODE_ENV === 'production';
    if (production) checkProduction(values, complain);
    if (values.IDP_HCA_VIRTUAL_CARDS !== undefined && !values.IDP_DEMO) {
      complain('IDP_HCA_VIRTUAL_CARDS', 'only in the demo');
    }
    const isForTests = isLoopback(values.IDP_ISSUER) || values.IDP_CERTIFICATION;
    if (values.IDP_DEMO && (production || !isForTests)) {
      complain('IDP_DEMO', 'only on loopback, never in production');
    }
  });

export type Config = ReturnType<typeof readConfig>;

/** Reads the identity provider's settings. @throws ConfigurationError naming every fault at once */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const env = parseEnvironment(schema, environment);
  const issuer = new URL(env.IDP_ISSUER).origin;
  return {
    production: env.NODE_ENV === 'production',
    demo: env.IDP_DEMO,
    issuer,
    secure: issuer.startsWith('https:'),
    loopback: isLoopback(issuer),
    host: env.IDP_HOST,
    port: env.IDP_PORT,
    trustedProxyHops: env.IDP_TRUSTED_PROXY_HOPS,
    processes: processSettings(env, 'IDP'),
    database: databaseSettings('IDP', env),
    masterKeys: env.IDP_MASTER_KEYS,
    /** Where new signing keys are made and kept; undefined: sealed in the database. */
    hsm: hsmSettings(env, environment),
    captchaFixed: env.CAPTCHA_FIXED,
    argon2: { memoryKib: env.ARGON2_MEMORY_KIB, time: env.ARGON2_TIME },
    passwordPolicy: env.PASSWORD_POLICY,
    /** These roles sign in with a passkey or a card of their own. */
    phishingResistantRoles: new Set(env.PHISHING_RESISTANT_ROLES),
    lifetimes: {
      sessionIdleSeconds: env.SESSION_IDLE_SECONDS,
      sessionAbsoluteSeconds: env.SESSION_ABSOLUTE_SECONDS,
      accessTokenSeconds: env.ACCESS_TOKEN_SECONDS,
      idTokenSeconds: env.ID_TOKEN_SECONDS,
      jwtAccessTokenSeconds: env.JWT_ACCESS_TOKEN_SECONDS,
      waitingRequestSeconds: env.WAITING_REQUEST_SECONDS,
      unattendedGrantSeconds: env.UNATTENDED_GRANT_SECONDS,
    },
    exchangesPerMinute: env.EXCHANGES_PER_MINUTE,
    pace: {
      requestsOfClient: env.CLIENT_REQUESTS_PER_MINUTE,
      requestsOfAddress: env.ADDRESS_REQUESTS_PER_MINUTE,
    },
    keys: {
      jwksMaxAgeSeconds: env.JWKS_MAX_AGE_SECONDS,
      pollSeconds: env.KEY_POLL_SECONDS,
      schedule: keySchedule(env),
    },
    /** Working days after which reviewers are reminded, and whoever comes next is told. */
    reviews: { remindAfterDays: env.REVIEW_REMIND_DAYS, escalateAfterDays: env.REVIEW_ESCALATE_DAYS },
    /** Subsystems' authorization requests must be pushed, whatever their manifests say. */
    requirePushedRequests: env.REQUIRE_PUSHED_REQUESTS,
    clientCertificates: clientCertificates(env),
    /** Relying parties on private networks may be reached for logout; loopback ones only on a loopback issuer. */
    privateNetworks: env.IDP_CERTIFICATION
      ? (env.IDP_CERTIFICATION_HOST ?? false)
      : env.LOGOUT_PRIVATE_NETWORKS || isLoopback(issuer),
    /** For the OpenID Foundation's suite alone. */
    certification: env.IDP_CERTIFICATION ? {} : undefined,
    /** Without a URL mails stay in the database, where the demo shows them. */
    mail: { url: env.MAIL_URL, from: env.MAIL_FROM ?? `no-reply@${new URL(issuer).hostname}` },
    audit: {
      retentionMonths: env.AUDIT_RETENTION_MONTHS,
      checkpointDir: env.AUDIT_CHECKPOINT_DIR,
      archiveDir: env.AUDIT_ARCHIVE_DIR,
      checkpointSeconds: env.AUDIT_CHECKPOINT_SECONDS,
    },
    retention: retentionDays(env),
    cards: cardSettings(env),
    /** Where the demo keeps the authority of its virtual cards. */
    virtualCards: env.IDP_HCA_VIRTUAL_CARDS,
    /** Told of alerts and breaches beside the national administrators: the data protection officer. */
    watch: { mailTo: env.WATCH_MAIL_TO },
    breaches: {
      reportIncident: env.BREACH_REPORT_HOURS,
      notifyAuthority: env.BREACH_AUTHORITY_HOURS,
      notifyPersons: env.BREACH_PERSONS_HOURS,
    },
    telemetry: {
      service: 'idp',
      metrics: { port: env.IDP_METRICS_PORT, host: env.IDP_METRICS_HOST },
      traces: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, share: env.OTEL_TRACES_SAMPLER_ARG },
      trustedProxyHops: env.IDP_TRUSTED_PROXY_HOPS,
    },
    clamd: env.IDP_CLAMD,
    exportRows: env.IDP_EXPORT_ROWS,
    logLevel: env.LOG_LEVEL,
  };
}
