import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** jsonb: read as a value, written as its JSON text so that arrays and strings stay JSON. */
type Json<T> = ColumnType<T, string | undefined, string>;

export interface EnrollmentTable {
  id: string;
  status:
    | 'draft'
    | 'unconfirmed'
    | 'pending_unit_review'
    | 'pending_hca'
    | 'pending_paper'
    | 'active'
    | 'returned'
    | 'withdrawn'
    | 'expired';
  unit_code: string | null;
  role: 'user' | 'unit_manager' | null;
  login_name: string | null;
  password_hash: string | null;
  national_id_index: Buffer | null;
  personal_sealed: Buffer | null;
  subsystems: Json<unknown>;
  done: Defaulted<string[]>;
  retry: ColumnType<unknown, string | null | undefined, string | null>;
  locale: string;
  paper: 'awaiting_form' | 'uploaded' | 'reviewing' | 'need_more' | 'approved' | null;
  confirm_digest: Buffer | null;
  confirm_until: Timestamp | null;
  confirm_sent_at: Timestamp | null;
  account_id: string | null;
  hca_failures: Defaulted<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
  submitted_at: Timestamp | null;
  applicant_name: Defaulted<string>;
  /** Since when it is the reviewers' turn. */
  waiting_since: Defaulted<Date | null>;
  reminded_at: Defaulted<Date | null>;
  escalated_at: Defaulted<Date | null>;
}

export interface EnrollmentEventTable {
  id: Generated<number>;
  enrollment_id: string;
  at: Timestamp;
  status: string;
  reason: string | null;
  actor_account_id: string | null;
  on_behalf_of_account_id: Defaulted<string | null>;
}

export interface EnrollmentScanTable {
  enrollment_id: string;
  name: string;
  media_type: string;
  size: number;
  content_sealed: Buffer;
  uploaded_at: Timestamp;
  /** Who put it in, when it was not the applicant. */
  attached_by: Defaulted<string | null>;
}

export interface EnrollmentTables {
  enrollment: EnrollmentTable;
  enrollment_event: EnrollmentEventTable;
  enrollment_scan: EnrollmentScanTable;
}
