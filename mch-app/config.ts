import { z } from 'zod';
import { isLoopback, parseEnvironment } from '#kit/environment.ts';

const whole = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);
const webOrigin = z
  .url({ protocol: /^https?$/ })
  .refine((value) => new URL(value).pathname === '/', { message: 'must not have a path' })
  .refine((value) => value.startsWith('https:') || isLoopback(value), {
    message: 'must be https outside loopback',
  });

const schema = z
  .object({
    MCH_DATABASE_URL: z.string().min(1),
    MCH_DATABASE_CONNECTIONS: whole(10, 200),
    MCH_HOST: z.string().default('127.0.0.1'),
    MCH_PORT: whole(4000, 65535),
    MCH_ORIGIN: webOrigin.default('http://localhost:4000'),
    MCH_ISSUER: webOrigin.default('http://localhost:3000'),
    MCH_CLIENT_ID: z.string().min(1).default('mch-app'),
    MCH_CLIENT_SECRET: z.string().min(16, 'needs at least 16 characters'),
    MCH_MASTER_KEYS: z.string().min(44, 'needs at least one 32-byte key in base64'),
    MCH_TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
    MCH_IDLE_SECONDS: whole(20 * 60, 86_400),
    MCH_IDLE_WARNING_SECONDS: whole(2 * 60, 86_400),
    MCH_ABSOLUTE_SECONDS: whole(8 * 3600, 7 * 86_400),
    MCH_REFRESH_SECONDS: whole(4 * 60, 5 * 60),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .refine((value) => value.MCH_IDLE_WARNING_SECONDS < value.MCH_IDLE_SECONDS, {
    path: ['MCH_IDLE_WARNING_SECONDS'],
    message: 'must be shorter than MCH_IDLE_SECONDS',
  });

export type Config = ReturnType<typeof readConfig>;

/** Reads the MCH system's settings. @throws ConfigurationError naming every fault at once */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const env = parseEnvironment(schema, environment);
  const origin = new URL(env.MCH_ORIGIN).origin;
  return {
    database: { url: env.MCH_DATABASE_URL, connections: env.MCH_DATABASE_CONNECTIONS },
    host: env.MCH_HOST,
    port: env.MCH_PORT,
    origin,
    secure: origin.startsWith('https:'),
    issuer: new URL(env.MCH_ISSUER).origin,
    clientId: env.MCH_CLIENT_ID,
    clientSecret: env.MCH_CLIENT_SECRET,
    masterKeys: env.MCH_MASTER_KEYS,
    trustedProxyHops: env.MCH_TRUSTED_PROXY_HOPS,
    sessions: {
      idleSeconds: env.MCH_IDLE_SECONDS,
      idleWarningSeconds: env.MCH_IDLE_WARNING_SECONDS,
      absoluteSeconds: env.MCH_ABSOLUTE_SECONDS,
      /** How old tokens may grow while the person works; at most the five minutes of the protocol. */
      refreshSeconds: env.MCH_REFRESH_SECONDS,
    },
    logLevel: env.LOG_LEVEL,
  };
}
