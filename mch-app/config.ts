import { z } from 'zod';
import { databaseSettings, databaseShape } from '#db/settings.ts';
import { isLoopback, parseEnvironment } from '#kit/environment.ts';
import { PRINTED_SECRET, masterKeys, masterKeysCommand } from '#kit/master-keys.ts';
import { processSection, processSettings } from '#kit/processes/settings.ts';
import { checkMasterKeys, checkPublicAddress, checkSecret, checkServer } from '#kit/production.ts';
import { type Complain, SECRET, clamd, checkSections, flag, list, section, whole } from '#kit/settings.ts';
import { telemetrySettings } from '#kit/telemetry/settings.ts';
import { privateKeys, sharesKey, trustAnchors } from './federation/index.ts';

const webOrigin = z
  .url({ protocol: /^https?$/ })
  .refine((value) => new URL(value).pathname === '/', { message: 'must not have a path' })
  .refine((value) => value.startsWith('https:') || isLoopback(value), {
    message: 'must be https outside loopback',
  });

const place = section({
  title: 'Where it stands',
  settings: {
    NODE_ENV: z
      .enum(['development', 'test', 'production'])
      .default('development')
      .describe('`production` refuses every default that is meant for development'),
    MCH_ORIGIN: webOrigin.default('http://localhost:4000').describe('its own public address'),
    MCH_HOST: z.string().default('127.0.0.1').describe('the address it listens on'),
    MCH_PORT: whole(4000, 65_535).describe('the port it listens on'),
    MCH_TRUSTED_PROXY_HOPS: z.coerce
      .number()
      .int()
      .min(0)
      .max(5)
      .default(0)
      .describe('how many proxies of yours append to `X-Forwarded-For`'),
    MCH_DEMO: flag.describe('lets synthetic records be added; refused in production and outside loopback'),
    LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('the least that is logged'),
  },
});

const database = section({ title: 'The database', settings: databaseShape('MCH') });

const provider = section({
  title: 'The identity provider',
  settings: {
    MCH_ISSUER: webOrigin.default('http://localhost:3000').describe("the identity provider's issuer"),
    MCH_CLIENT_ID: z.string().min(1).default('mch-app').describe('its client there'),
    MCH_CLIENT_SECRET: z
      .string()
      .min(16, 'needs at least 16 characters')
      .optional()
      .describe('the secret given to `subsystems apply` as `CLIENT_SECRET_MCH_APP`')
      .meta(SECRET),
    MCH_CLIENT_KEYS: privateKeys
      .optional()
      .describe(
        'a JSON Web Key Set of private P-256 keys, the one that signs first (`node mch-app/cli.ts make-keys`): told to the federation, and what it signs in by (`private_key_jwt`) where no secret is given',
      )
      .meta(SECRET),
  },
  check(values, complain) {
    if (values.MCH_CLIENT_SECRET === undefined && values.MCH_CLIENT_KEYS === undefined)
      complain('MCH_CLIENT_SECRET', 'is required, or MCH_CLIENT_KEYS');
  },
});

const entityId = z
  .url({ protocol: /^https?$/ })
  .refine((value) => value.startsWith('https:') || isLoopback(value));

const federation = section({
  title: 'The federation it joins by a chain of trust',
  settings: {
    MCH_FEDERATION_KEYS: privateKeys
      .optional()
      .describe(
        'a JSON Web Key Set of private P-256 keys that sign what it says of itself at `/.well-known/openid-federation`, the one that signs first; without them it is in no federation',
      )
      .meta(SECRET),
    MCH_AUTHORITY_HINTS: list().describe('its superiors in the federation: entity ids, separated by commas'),
    MCH_TRUST_MARKS: list().describe('the types of the trust marks it was given, separated by commas'),
    MCH_TRUST_MARK_ISSUER: entityId
      .optional()
      .describe('who issues them: an entity id; they are fetched there'),
    MCH_TRUST_ANCHORS: trustAnchors
      .optional()
      .describe(
        'anchors that have to vouch for the identity provider: a JSON object of public key sets by entity id; without it the provider is believed as TLS shows it',
      ),
    MCH_ORGANIZATION: z.string().min(1).max(200).default('MCH').describe('the organization that runs it'),
    MCH_FEDERATION_CONTACTS: list().describe('addresses to write to about it, separated by commas'),
  },
  check(values, complain) {
    const hints = values.MCH_AUTHORITY_HINTS;
    if (!hints.every((hint) => entityId.safeParse(hint).success))
      complain('MCH_AUTHORITY_HINTS', 'must be https addresses');
    if (values.MCH_FEDERATION_KEYS && hints.length === 0)
      complain('MCH_AUTHORITY_HINTS', 'is required beside MCH_FEDERATION_KEYS');
    if (values.MCH_TRUST_MARKS.length > 0 && values.MCH_TRUST_MARK_ISSUER === undefined)
      complain('MCH_TRUST_MARK_ISSUER', 'is required beside MCH_TRUST_MARKS');
  },
});

const sessions = section({
  title: 'Sessions and keys',
  settings: {
    MCH_MASTER_KEYS: masterKeys
      .describe(
        '32 random bytes in base64, several, newest first, separated by commas or lines; seals tokens at rest',
      )
      .meta(PRINTED_SECRET),
    MCH_MASTER_KEYS_COMMAND: masterKeysCommand('MCH_MASTER_KEYS'),
    MCH_IDLE_SECONDS: whole(20 * 60, 86_400).describe('signed out after that long without activity'),
    MCH_IDLE_WARNING_SECONDS: whole(2 * 60, 86_400).describe('asked that long before'),
    MCH_ABSOLUTE_SECONDS: whole(8 * 3600, 7 * 86_400).describe("a session's end in any case"),
    MCH_REFRESH_SECONDS: whole(4 * 60, 5 * 60).describe('how old its tokens may grow while one works'),
  },
  check(values, complain) {
    if (values.MCH_IDLE_WARNING_SECONDS >= values.MCH_IDLE_SECONDS) {
      complain('MCH_IDLE_WARNING_SECONDS', 'must be shorter than MCH_IDLE_SECONDS');
    }
  },
});

const telemetry = section({ title: 'Seen from outside', settings: telemetrySettings('MCH') });

const processes = processSection('MCH');

const files = section({
  title: 'Files',
  settings: {
    MCH_EXPORT_ROWS: whole(200_000, 2_000_000).describe(
      'rows that may leave in one file; a longer list is refused before its file begins',
    ),
    MCH_CLAMD: clamd,
  },
});

const audit = section({
  title: 'Audit',
  settings: {
    MCH_AUDIT_RETENTION_MONTHS: z.coerce
      .number()
      .int()
      .min(7)
      .max(240)
      .default(60)
      .describe('how long audit records are kept; the database gives up none younger than six months'),
  },
});

/** Every setting, in the order operators read them. */
export const SECTIONS = [
  place,
  processes,
  database,
  provider,
  federation,
  sessions,
  telemetry,
  files,
  audit,
] as const;

const schema = z
  .object({
    ...place.settings,
    ...processes.settings,
    ...database.settings,
    ...provider.settings,
    ...federation.settings,
    ...sessions.settings,
    ...telemetry.settings,
    ...files.settings,
    ...audit.settings,
  })
  .superRefine((values, context) => {
    const complain: Complain = (setting, message) =>
      context.addIssue({ code: 'custom', path: [setting], message });
    checkSections(SECTIONS, values, complain);
    const production = values.NODE_ENV === 'production';
    if (values.MCH_DEMO && (production || !isLoopback(values.MCH_ORIGIN))) {
      complain('MCH_DEMO', 'only on loopback, never in production');
    }
    const { MCH_FEDERATION_KEYS: federationKeys, MCH_CLIENT_KEYS: clientKeys } = values;
    if (federationKeys && !clientKeys) complain('MCH_CLIENT_KEYS', 'is required beside MCH_FEDERATION_KEYS');
    if (federationKeys && clientKeys && sharesKey(federationKeys, clientKeys))
      complain('MCH_FEDERATION_KEYS', 'must not share a key with MCH_CLIENT_KEYS');
    if (!production) return;
    checkPublicAddress('MCH_ORIGIN', values.MCH_ORIGIN, complain);
    checkPublicAddress('MCH_ISSUER', values.MCH_ISSUER, complain);
    checkMasterKeys('MCH_MASTER_KEYS', values.MCH_MASTER_KEYS, complain);
    if (values.MCH_CLIENT_SECRET !== undefined)
      checkSecret('MCH_CLIENT_SECRET', values.MCH_CLIENT_SECRET, complain);
    checkServer('MCH_DATABASE_URL', values.MCH_DATABASE_URL, complain);
    checkServer('MCH_DATABASE_DIRECT_URL', values.MCH_DATABASE_DIRECT_URL, complain);
  });

export type Config = ReturnType<typeof readConfig>;

/** Reads the MCH system's settings. @throws ConfigurationError naming every fault at once */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const env = parseEnvironment(schema, environment);
  const origin = new URL(env.MCH_ORIGIN).origin;
  return {
    database: databaseSettings('MCH', env),
    host: env.MCH_HOST,
    port: env.MCH_PORT,
    origin,
    secure: origin.startsWith('https:'),
    issuer: new URL(env.MCH_ISSUER).origin,
    clientId: env.MCH_CLIENT_ID,
    clientSecret: env.MCH_CLIENT_SECRET,
    clientKeys: env.MCH_CLIENT_KEYS,
    trustAnchors: env.MCH_TRUST_ANCHORS,
    federation:
      env.MCH_FEDERATION_KEYS && env.MCH_CLIENT_KEYS
        ? {
            entityId: origin,
            federationKeys: env.MCH_FEDERATION_KEYS,
            clientKeys: env.MCH_CLIENT_KEYS,
            authorityHints: env.MCH_AUTHORITY_HINTS,
            trustMarks: { issuer: env.MCH_TRUST_MARK_ISSUER ?? '', types: env.MCH_TRUST_MARKS },
            organizationName: env.MCH_ORGANIZATION,
            contacts: env.MCH_FEDERATION_CONTACTS,
          }
        : undefined,
    masterKeys: env.MCH_MASTER_KEYS,
    trustedProxyHops: env.MCH_TRUSTED_PROXY_HOPS,
    processes: processSettings(env, 'MCH'),
    sessions: {
      idleSeconds: env.MCH_IDLE_SECONDS,
      idleWarningSeconds: env.MCH_IDLE_WARNING_SECONDS,
      absoluteSeconds: env.MCH_ABSOLUTE_SECONDS,
      /** How old tokens may grow while the person works; at most the five minutes of the protocol. */
      refreshSeconds: env.MCH_REFRESH_SECONDS,
    },
    telemetry: {
      service: 'mch-app',
      metrics: { port: env.MCH_METRICS_PORT, host: env.MCH_METRICS_HOST },
      traces: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, share: env.OTEL_TRACES_SAMPLER_ARG },
      trustedProxyHops: env.MCH_TRUSTED_PROXY_HOPS,
    },
    clamd: env.MCH_CLAMD,
    exportRows: env.MCH_EXPORT_ROWS,
    demo: env.MCH_DEMO,
    auditMonths: env.MCH_AUDIT_RETENTION_MONTHS,
    logLevel: env.LOG_LEVEL,
  };
}
