import { z } from 'zod';
import { parseEnvironment } from '#kit/environment.ts';
import { ConfigurationError } from '#kit/errors.ts';

const host = z.string().regex(/^[a-z0-9.-]{1,253}$/);
const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

const schema = z.object({
  NODE_ENV: z.string().optional(),
  CERTIFICATION_HOST: host.default('localhost'),
  CERTIFICATION_PORT: port(9443),
  CERTIFICATION_INNER_PORT: port(9080),
  /** Where the suite runs: the one place on a private network that is called. */
  CERTIFICATION_SUITE: z.url({ protocol: /^https$/ }).default('https://localhost.emobix.co.uk:8443'),
  CERTIFICATION_ALIAS: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .default('single-entry'),
  /** An empty database of one's own; without it one is made and thrown away. */
  CERTIFICATION_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:/)
    .optional(),
});

export interface Settings {
  host: string;
  port: number;
  innerPort: number;
  issuer: string;
  suite: URL;
  alias: string;
  databaseUrl: string | undefined;
}

/** What `npm run certification` can be told. @throws ConfigurationError naming each fault; in production always */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const env = parseEnvironment(schema, environment);
  if (env.NODE_ENV === 'production')
    throw new ConfigurationError('NODE_ENV: certification is no production.');
  const { CERTIFICATION_HOST: name, CERTIFICATION_PORT: tlsPort } = env;
  return {
    host: name,
    port: tlsPort,
    innerPort: env.CERTIFICATION_INNER_PORT,
    issuer: `https://${name}:${tlsPort}`,
    suite: new URL(env.CERTIFICATION_SUITE),
    alias: env.CERTIFICATION_ALIAS,
    databaseUrl: env.CERTIFICATION_DATABASE_URL,
  };
}
