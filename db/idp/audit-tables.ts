import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

/** Transaction ids are 64 bits wide: read and written as text. */
export interface AuditSealTable {
  number: number;
  month: ColumnType<string, string, string>;
  xid_from: string;
  xid_to: string;
  after_id: number;
  records: number;
  first_id: number;
  last_id: number;
  first_at: Timestamp;
  last_at: Timestamp;
  ids: number[];
  leaves: Buffer;
  root: Buffer;
  previous_hash: Buffer;
  hash: Buffer;
  sealed_at: Timestamp;
}

export interface AuditCheckpointTable {
  seal_number: number;
  jws: string;
  signed_at: Timestamp;
}

export interface AuditVerificationTable {
  id: Generated<string>;
  requested_by: string;
  from_at: Timestamp | null;
  to_at: Timestamp | null;
  requested_at: Defaulted<Date>;
  leased_until: Timestamp | null;
  seals_done: Defaulted<number>;
  seals_total: number | null;
  report: ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
  ended_at: Timestamp | null;
}

export interface AuditSpoolTable {
  id: Generated<number>;
  record: ColumnType<Record<string, unknown>, string, string>;
  at: Defaulted<Date>;
}

export interface AuditTables {
  audit_seal: AuditSealTable;
  audit_checkpoint: AuditCheckpointTable;
  audit_verification: AuditVerificationTable;
  audit_spool: AuditSpoolTable;
}
