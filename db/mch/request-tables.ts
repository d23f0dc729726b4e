import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export type ChangeCategory =
  'other' | 'account' | 'child_referral' | 'child_diagnosis' | 'tracking' | 'tracking_approval';
export type ChangeReviewer = 'unit_manager' | 'health_bureau' | 'hpa' | 'maintenance';
export type ChangeDecision = 'allowed' | 'refused' | 'returned';

export interface ChangeRequestTable {
  no: Generated<number>;
  category: ChangeCategory;
  record_id: string | null;
  account_id: string;
  sub: string;
  person_name: string;
  unit_code: string;
  unit_name: string;
  county: string;
  phone: string;
  email: string;
  content: string;
  step: Defaulted<number>;
  result: ChangeDecision | 'withdrawn' | null;
  created_at: Timestamp;
  closed_at: Timestamp | null;
}

export interface ChangeRequestStepTable {
  request_no: number;
  position: number;
  reviewer: ChangeReviewer;
  decision: ChangeDecision | null;
  reason: Defaulted<string>;
  by_account: string | null;
  by_name: string | null;
  by_unit_name: string | null;
  at: Timestamp | null;
}

export interface NoticeTable {
  id: Generated<number>;
  dedupe_key: string;
  account_id: string;
  subject: string;
  subject_en: string;
  body: string;
  body_en: string;
  link: string;
  created_at: Timestamp;
  due_at: Timestamp | null;
  attempts: Defaulted<number>;
  outcome: 'sent' | 'refused' | 'given_up' | null;
  ended_at: Timestamp | null;
  reminder: ColumnType<unknown, string | null | undefined, string | null>;
}

export interface RequestTables {
  change_request: ChangeRequestTable;
  change_request_step: ChangeRequestStepTable;
  inbox_notice: NoticeTable;
}
