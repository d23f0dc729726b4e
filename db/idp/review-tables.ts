import type { ColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface HolidayTable {
  /** `yyyy-MM-dd`. */
  day: ColumnType<Date, string, string>;
  works: Defaulted<boolean>;
}

export interface DelegationTable {
  id: string;
  delegator_account_id: string;
  deputy_account_id: string;
  valid_from: Timestamp;
  valid_until: Timestamp;
  reason: Defaulted<string>;
  created_at: Timestamp;
  revoked_at: Defaulted<Date | null>;
  revoked_by: Defaulted<string | null>;
}

export interface PermissionRequestTable {
  id: string;
  no: ColumnType<number, never, never>;
  kind: 'extra_manager' | 'menu_role';
  subsystem_code: string;
  unit_code: string;
  target_id: string | null;
  menu_role: string | null;
  content: string;
  phone: Defaulted<string>;
  email: Defaulted<string>;
  applicant_account_id: string;
  status: Defaulted<'submitted' | 'allowed' | 'refused' | 'withdrawn'>;
  created_at: Timestamp;
  decided_at: Defaulted<Date | null>;
  decided_by: Defaulted<string | null>;
  reason: Defaulted<string>;
  reminded_at: Defaulted<Date | null>;
}

/** A view over the decisions of all kinds of reviews. */
export interface ReviewRecordView {
  id: string;
  at: Date;
  kind: string;
  unit_code: string;
  subsystem_code: string | null;
  applicant: string;
  applicant_account_id: string | null;
  decision: string;
  comment: string;
  actor_account_id: string | null;
  on_behalf_of_account_id: string | null;
}

export interface ReviewTables {
  holiday: HolidayTable;
  delegation: DelegationTable;
  permission_request: PermissionRequestTable;
  review_record: ReviewRecordView;
}
