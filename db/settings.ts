import { z } from 'zod';
import { SECRET, whole } from '#kit/settings.ts';

export interface DatabaseSettings {
  url: string;
  /** The same database without a pooler between. */
  directUrl?: string | undefined;
  connections: number;
  prepare: 'named' | 'unnamed';
  waitMs: number;
  statementMs: number;
  lockMs: number;
  idleTransactionMs: number;
}

/** What holds for a database whose limits nobody has set. */
export const STANDARD = {
  prepare: 'named',
  waitMs: 2000,
  statementMs: 10_000,
  lockMs: 3000,
  idleTransactionMs: 15_000,
} as const;

const milliseconds = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

const SHAPE = {
  URL: z
    .string()
    .min(1)
    .describe(
      '`postgres://…`, a database of its own; a primary and its standbys as `host:port` separated by commas: only the primary is used',
    )
    .meta(SECRET),
  DIRECT_URL: z
    .string()
    .min(1)
    .optional()
    .describe(
      'the same database past PgBouncer, for migrations, notifications and session locks; as above without it',
    )
    .meta(SECRET),
  CONNECTIONS: whole(10, 200).describe('connections for requests, at most, a process'),
  PREPARE: z
    .enum(['named', 'unnamed'])
    .default('named')
    .describe('statements: `unnamed` behind PgBouncer before 1.21 in transaction mode'),
  WAIT_MS: milliseconds(STANDARD.waitMs, 100, 30_000).describe(
    'milliseconds a request waits for a connection before it is refused',
  ),
  STATEMENT_MS: milliseconds(STANDARD.statementMs, 100, 120_000).describe(
    'milliseconds a statement of a request may take',
  ),
  LOCK_MS: milliseconds(STANDARD.lockMs, 50, 60_000).describe('milliseconds it may wait for a lock'),
  IDLE_TRANSACTION_MS: milliseconds(STANDARD.idleTransactionMs, 1000, 300_000).describe(
    'milliseconds after which a transaction that does nothing is ended',
  ),
};

type Shape<Prefix extends string> = {
  [Name in keyof typeof SHAPE as `${Prefix}_DATABASE_${Name}`]: (typeof SHAPE)[Name];
};

/** The settings of one program's database, named `PREFIX_DATABASE_…`. */
export function databaseShape<Prefix extends string>(prefix: Prefix): Shape<Prefix> {
  return Object.fromEntries(
    Object.entries(SHAPE).map(([name, setting]) => [`${prefix}_DATABASE_${name}`, setting]),
  ) as Shape<Prefix>;
}

/** Reads what `databaseShape` describes. */
export function databaseSettings<Prefix extends string>(
  prefix: Prefix,
  env: z.output<z.ZodObject<Shape<Prefix>>>,
): DatabaseSettings {
  const values = env as Record<string, unknown>;
  const of = <Name extends keyof typeof SHAPE>(name: Name) =>
    values[`${prefix}_DATABASE_${name}`] as z.output<(typeof SHAPE)[Name]>;
  return {
    url: of('URL'),
    directUrl: of('DIRECT_URL'),
    connections: of('CONNECTIONS'),
    prepare: of('PREPARE'),
    waitMs: of('WAIT_MS'),
    statementMs: of('STATEMENT_MS'),
    lockMs: of('LOCK_MS'),
    idleTransactionMs: of('IDLE_TRANSACTION_MS'),
  };
}
