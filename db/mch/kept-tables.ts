import type { ColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface SessionPastTable {
  id_digest: Buffer;
  iss: string;
  sub: string;
  account_id: string;
  ended_at: Timestamp;
}

export interface KeptFormTable {
  iss: string;
  sub: string;
  account_id: string;
  content_sealed: Buffer;
  expires_at: Timestamp;
}

/** What is left of a session for a while after its end. */
export interface KeptTables {
  session_past: SessionPastTable;
  kept_form: KeptFormTable;
}
