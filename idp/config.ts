import { z } from 'zod';
import { isLoopback, parseEnvironment } from '#kit/environment.ts';
import { isMailAddress } from '#kit/mail.ts';
import { CARD_ENVIRONMENT, cardSettings } from './authenticators/hca-card/settings.ts';

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');
const whole = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

const schema = z
  .object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
    IDP_DATABASE_URL: z.string().min(1),
    IDP_DATABASE_CONNECTIONS: whole(10, 200),
    IDP_HOST: z.string().default('127.0.0.1'),
    IDP_PORT: whole(3000, 65535),
    IDP_ISSUER: z.url({ protocol: /^https?$/ }).default('http://localhost:3000'),
    IDP_MASTER_KEYS: z.string().min(44, 'needs at least one 32-byte key in base64'),
    IDP_TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
    IDP_DEMO: flag,
    CAPTCHA_FIXED: z
      .string()
      .regex(/^\d{5}$/)
      .optional(),
    ARGON2_MEMORY_KIB: whole(19_456, 4_194_304),
    ARGON2_TIME: whole(2, 20),
    PASSWORD_POLICY: z.enum(['deck', 'nist']).default('deck'),
    PHISHING_RESISTANT_ROLES: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((role) => role.trim() || []))
      .pipe(z.array(z.enum(['user', 'unit_manager', 'hpa_admin', 'platform_ops']))),
    SESSION_IDLE_SECONDS: whole(20 * 60, 86_400),
    SESSION_ABSOLUTE_SECONDS: whole(8 * 3600, 7 * 86_400),
    ACCESS_TOKEN_SECONDS: whole(600, 3600),
    JWKS_MAX_AGE_SECONDS: whole(300, 86_400),
    KEY_ROTATION_SECONDS: whole(90 * 86_400, 400 * 86_400),
    KEY_ANNOUNCE_SECONDS: whole(86_400, 30 * 86_400),
    REVIEW_REMIND_DAYS: whole(2, 60),
    REVIEW_ESCALATE_DAYS: whole(5, 90),
    LOGOUT_PRIVATE_NETWORKS: flag,
    MAIL_URL: z.url({ protocol: /^smtps?$/, hostname: /./ }).optional(),
    MAIL_FROM: z.string().refine(isMailAddress, 'must be one plain address').optional(),
    AUDIT_RETENTION_MONTHS: z.coerce.number().int().min(6).max(240).default(60),
    AUDIT_CHECKPOINT_DIR: z.string().min(1).optional(),
    AUDIT_CHECKPOINT_SECONDS: whole(300, 86_400),
    ...CARD_ENVIRONMENT,
    WATCH_MAIL_TO: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((address) => address.trim())
          .filter(Boolean),
      )
      .refine((addresses) => addresses.every(isMailAddress), 'must be plain addresses separated by commas'),
    BREACH_REPORT_HOURS: whole(1, 720),
    BREACH_AUTHORITY_HOURS: whole(72, 720),
    BREACH_PERSONS_HOURS: whole(168, 2160),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .superRefine((value, context) => {
    if (value.NODE_ENV === 'production' && value.MAIL_URL === undefined) {
      context.addIssue({ code: 'custom', path: ['MAIL_URL'], message: 'is needed in production' });
    }
    if (!isLoopback(value.IDP_ISSUER) && !value.IDP_ISSUER.startsWith('https:')) {
      context.addIssue({ code: 'custom', path: ['IDP_ISSUER'], message: 'must be https outside loopback' });
    }
    if (new URL(value.IDP_ISSUER).pathname !== '/') {
      context.addIssue({ code: 'custom', path: ['IDP_ISSUER'], message: 'must not have a path' });
    }
    const soonest = value.JWKS_MAX_AGE_SECONDS + KEY_POLL_SECONDS;
    if (value.KEY_ANNOUNCE_SECONDS < soonest) {
      const message = `must be at least ${soonest}, so that every cache of the JWKS has seen a key before it signs`;
      context.addIssue({ code: 'custom', path: ['KEY_ANNOUNCE_SECONDS'], message });
    }
    if (value.REVIEW_ESCALATE_DAYS <= value.REVIEW_REMIND_DAYS) {
      const message = 'must be longer than REVIEW_REMIND_DAYS';
      context.addIssue({ code: 'custom', path: ['REVIEW_ESCALATE_DAYS'], message });
    }
    if (value.KEY_ROTATION_SECONDS <= value.KEY_ANNOUNCE_SECONDS) {
      const message = 'must be longer than KEY_ANNOUNCE_SECONDS';
      context.addIssue({ code: 'custom', path: ['KEY_ROTATION_SECONDS'], message });
    }
    if (value.IDP_HCA_VIRTUAL_CARDS !== undefined && !value.IDP_DEMO) {
      context.addIssue({ code: 'custom', path: ['IDP_HCA_VIRTUAL_CARDS'], message: 'only in the demo' });
    }
    if (value.IDP_DEMO && (value.NODE_ENV === 'production' || !isLoopback(value.IDP_ISSUER))) {
      context.addIssue({
        code: 'custom',
        path: ['IDP_DEMO'],
        message: 'only on loopback, never in production',
      });
    }
  });

const LONGEST_TOKEN_SECONDS = 600;
const CLOCK_SKEW_SECONDS = 60;

/** How long after a change every replica has surely looked at the keys again. */
export const KEY_POLL_SECONDS = 2;

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
    database: { url: env.IDP_DATABASE_URL, connections: env.IDP_DATABASE_CONNECTIONS },
    masterKeys: env.IDP_MASTER_KEYS,
    captchaFixed: env.CAPTCHA_FIXED,
    argon2: { memoryKib: env.ARGON2_MEMORY_KIB, time: env.ARGON2_TIME },
    passwordPolicy: env.PASSWORD_POLICY,
    /** These roles sign in with a passkey or a card of their own. */
    phishingResistantRoles: new Set(env.PHISHING_RESISTANT_ROLES),
    lifetimes: {
      sessionIdleSeconds: env.SESSION_IDLE_SECONDS,
      sessionAbsoluteSeconds: env.SESSION_ABSOLUTE_SECONDS,
      accessTokenSeconds: env.ACCESS_TOKEN_SECONDS,
    },
    keys: {
      jwksMaxAgeSeconds: env.JWKS_MAX_AGE_SECONDS,
      schedule: {
        rotateAfterMs: env.KEY_ROTATION_SECONDS * 1000,
        announceMs: env.KEY_ANNOUNCE_SECONDS * 1000,
        // a key is published until no ID token it signed can serve as a hint of a living session
        keepPublishedMs: (env.SESSION_ABSOLUTE_SECONDS + LONGEST_TOKEN_SECONDS + CLOCK_SKEW_SECONDS) * 1000,
      },
    },
    /** Working days after which reviewers are reminded, and whoever comes next is told. */
    reviews: { remindAfterDays: env.REVIEW_REMIND_DAYS, escalateAfterDays: env.REVIEW_ESCALATE_DAYS },
    /** Relying parties on private networks may be reached for logout; loopback ones only on a loopback issuer. */
    privateNetworks: env.LOGOUT_PRIVATE_NETWORKS || isLoopback(issuer),
    /** Without a URL mails stay in the database, where the demo shows them. */
    mail: { url: env.MAIL_URL, from: env.MAIL_FROM ?? `no-reply@${new URL(issuer).hostname}` },
    audit: {
      retentionMonths: env.AUDIT_RETENTION_MONTHS,
      checkpointDir: env.AUDIT_CHECKPOINT_DIR,
      checkpointSeconds: env.AUDIT_CHECKPOINT_SECONDS,
    },
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
    logLevel: env.LOG_LEVEL,
  };
}
