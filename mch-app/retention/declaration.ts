import type { MchTables } from '#db/mch/tables.ts';
import type { Keeping } from '#db/retention.ts';

type Unlisted = 'kysely_migration' | 'kysely_migration_lock' | 'schema_contract';

export const AUDIT = {
  column: 'at',
  what: 'audit records',
  age: { setting: 'MCH_AUDIT_RETENTION_MONTHS' },
} as const;

/** Every table, and what becomes of its rows. A table that is missing here does not compile. */
export const TABLES: Record<keyof MchTables | Unlisted, Keeping> = {
  audit_event: { kind: 'aged', rules: [AUDIT] },
  kysely_migration: { kind: 'holds', why: 'one row a migration' },
  kysely_migration_lock: { kind: 'holds', why: 'one row' },
  logout_token_seen: { kind: 'expires', life: 'as long as the token' },
  rp_session: { kind: 'expires', life: '`MCH_ABSOLUTE_SECONDS` at most' },
  schema_contract: { kind: 'holds', why: 'one row a migration that took something away' },
  session_ended_elsewhere: { kind: 'expires', life: 'a day' },
  sign_in_transaction: { kind: 'expires', life: 'minutes' },
};
