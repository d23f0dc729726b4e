import type { ColumnType, Generated, Insertable, Kysely, Selectable, Transaction } from 'kysely';
import type { ContentTables } from './content-tables.ts';
import type { DeskTables } from './desk-tables.ts';
import type { ImportTables } from './import-tables.ts';
import type { KeptTables } from './kept-tables.ts';
import type { OfficeTables } from './office-tables.ts';
import type { RecordTables } from './record-tables.ts';
import type { RequestTables } from './request-tables.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** jsonb: read as a value, written as its JSON text so that arrays and strings stay JSON. */
type Json<T> = ColumnType<T, string, string>;

export interface RpSessionTable {
  id_digest: Buffer;
  iss: string;
  sub: string;
  sid: string | null;
  person_name: string;
  account_id: string;
  binding: string;
  unit_code: string;
  unit_name: string;
  unit_kind: string;
  unit_county: string;
  unit_town: string;
  role: string;
  duty: string;
  menu_roles: string[];
  known_accounts: Json<unknown>;
  generation: Defaulted<number>;
  tokens_sealed: Buffer;
  refreshed_at: Timestamp;
  token_lease_until: Timestamp | null;
  notice: ColumnType<unknown, string | null | undefined, string | null>;
  todos_shown: Defaulted<string[]>;
  /** Who acts for the person: the single entry's `act`, and until when. */
  act: ColumnType<unknown, string | null | undefined, string | null>;
  created_at: Timestamp;
  active_at: Timestamp;
  expires_at: Timestamp;
}

export type RpSessionRow = Selectable<RpSessionTable>;
export type NewRpSessionRow = Insertable<RpSessionTable>;

export interface SignInTransactionTable {
  state_digest: Buffer;
  browser_digest: Buffer;
  secrets_sealed: Buffer;
  purpose: 'sign_in' | 'step_up' | 'recover';
  account_id: string | null;
  max_age: number | null;
  return_to: string;
  expires_at: Timestamp;
}

export interface LogoutTokenSeenTable {
  jti_digest: Buffer;
  expires_at: Timestamp;
}

export interface AuditEventTable {
  id: Generated<number>;
  at: Defaulted<Date>;
  type: string;
  outcome: 'success' | 'refused';
  reason: string | null;
  sub: string | null;
  sid: string | null;
  account_id: string | null;
  from_account_id: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  act_sub: Defaulted<string | null>;
}

export interface SessionEndedElsewhereTable {
  id_digest: Buffer;
  ended_at: Timestamp;
}

export interface MchTables
  extends ImportTables, RecordTables, RequestTables, DeskTables, OfficeTables, KeptTables, ContentTables {
  rp_session: RpSessionTable;
  sign_in_transaction: SignInTransactionTable;
  logout_token_seen: LogoutTokenSeenTable;
  session_ended_elsewhere: SessionEndedElsewhereTable;
  audit_event: AuditEventTable;
}

/** The MCH system's database; a function that must run inside a transaction takes `Trx` instead. */
export type Db = Kysely<MchTables>;
export type Trx = Transaction<MchTables>;
