import type { MchTables } from '#db/mch/tables.ts';
import type { AgeRule, Keeping } from '#db/retention.ts';
import { AREAS } from '../areas/index.ts';
import { type Area, CHILD, fileTables, MOTHER, PREGNANCY } from '../records/index.ts';

type Unlisted = 'kysely_migration' | 'kysely_migration_lock' | 'schema_contract';

export const AUDIT = {
  column: 'at',
  what: 'audit records',
  age: { setting: 'MCH_AUDIT_RETENTION_MONTHS' },
} as const;

const LOOKS = { ...AUDIT, what: 'who looked at whose records' } as const;
const FILES = { ...AUDIT, what: 'who took which list away' } as const;

const VERSIONS = { ...AUDIT, what: 'what was published, as each deed left it' } as const;

const SIGN_INS = { ...AUDIT, column: 'signed_in_at', what: 'who was signed in, from when to when' } as const;

const NOTICES = {
  column: 'ended_at',
  what: 'messages that were sent or given up',
  age: { days: 30 },
} as const;

const IMPORTS = {
  column: 'ended_at',
  what: 'which files of records were brought, and what was wrong in them',
  age: { days: 400 },
} as const;

const MESSAGES = {
  column: 'received_at',
  what: 'messages of an account',
  age: { days: 730 },
} as const;

/** What grows old, by its table. */
export const AGED: Record<string, AgeRule> = {
  audit_event: AUDIT,
  content_version: VERSIONS,
  inbox_message: MESSAGES,
  inbox_notice: NOTICES,
  patient_access: LOOKS,
  record_export: FILES,
  record_import: IMPORTS,
  sign_in_log: SIGN_INS,
};

const OF_RECORD: Keeping = { kind: 'part', of: 'record' };

/** The tables of these areas: each row lives as long as its record. */
export function ofAreas(areas: readonly Area[]): Record<string, Keeping> {
  const parts = [
    CHILD,
    MOTHER,
    PREGNANCY,
    ...areas.flatMap(({ kinds }) => kinds.flatMap(({ parts: own, groups }) => [...own, ...groups])),
  ];
  const files = areas.flatMap(({ kinds }) => kinds.flatMap(fileTables));
  const tables = [...parts.map(({ table }) => table), ...files];
  return Object.fromEntries(tables.map((table) => [table, OF_RECORD]));
}

/** Every table, and what becomes of its rows. A table that is missing here does not compile. */
export const TABLES: Record<keyof MchTables | Unlisted, Keeping> = {
  ...ofAreas(AREAS),
  audit_event: { kind: 'aged', rules: [AUDIT] },
  birth: { kind: 'part', of: 'patient' },
  change_request: { kind: 'holds', why: 'belongs to the history of the record it is about' },
  change_request_step: { kind: 'part', of: 'change_request' },
  content: { kind: 'holds', why: 'published by people, removed by people' },
  content_file: { kind: 'part', of: 'content' },
  content_seen: { kind: 'holds', why: 'one row an account' },
  content_version: { kind: 'aged', rules: [VERSIONS] },
  favourite: { kind: 'holds', why: 'at most 30 an account' },
  inbox_message: { kind: 'aged', rules: [MESSAGES] },
  inbox_notice: { kind: 'aged', rules: [NOTICES] },
  kept_form: {
    kind: 'expires',
    life: 'a quarter of an hour, or when it is shown again; one an account of a person',
  },
  known_account: { kind: 'holds', why: 'one row an account' },
  mail_opt_in: { kind: 'holds', why: 'at most one row a menu role of an account' },
  patient: {
    kind: 'holds',
    why: 'as long as records of the person; whom a draft names goes with it, a row that tells nothing stays as long as who looked at it',
  },
  patient_access: { kind: 'aged', rules: [LOOKS] },
  pregnancy: { kind: 'holds', why: 'as long as records of it' },
  preference: { kind: 'holds', why: 'one row a person' },
  record: { kind: 'holds', why: 'medical records; only drafts are ever deleted, by whoever wrote them' },
  record_awaited_kind: { kind: 'holds', why: 'one row a kind that waits for another' },
  record_awaiting: OF_RECORD,
  record_export: { kind: 'aged', rules: [FILES] },
  record_import: { kind: 'aged', rules: [IMPORTS] },
  record_import_row: { kind: 'part', of: 'record_import' },
  record_import_taken: OF_RECORD,
  record_version: OF_RECORD,
  record_waiting_rule: { kind: 'holds', why: 'one row a rule of what waits' },
  unit: { kind: 'holds', why: 'one row a unit' },
  kysely_migration: { kind: 'holds', why: 'one row a migration' },
  kysely_migration_lock: { kind: 'holds', why: 'one row' },
  logout_token_seen: { kind: 'expires', life: 'as long as the token' },
  rp_session: { kind: 'expires', life: '`MCH_ABSOLUTE_SECONDS` at most' },
  schema_contract: { kind: 'holds', why: 'one row a migration that took something away' },
  session_ended_elsewhere: { kind: 'expires', life: 'a day' },
  session_past: { kind: 'expires', life: 'a day' },
  sign_in_log: { kind: 'aged', rules: [SIGN_INS] },
  sign_in_transaction: { kind: 'expires', life: 'minutes' },
};
