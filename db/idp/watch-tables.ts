import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Moment = ColumnType<Date | null, Date | null | undefined, Date | null>;

export interface ConsoleNetworkTable {
  id: Generated<number>;
  role: 'hpa_admin' | 'platform_ops';
  network: string;
  note: Defaulted<string>;
  added_by: string | null;
  added_at: Defaulted<Date>;
}

export interface AlertRuleTable {
  code: string;
  kind: 'new_address' | 'new_device' | 'count';
  enabled: Defaulted<boolean>;
  types: Defaulted<string[]>;
  outcome: 'success' | 'refused' | null;
  subject: 'account' | 'ip' | 'client';
  threshold: number;
  window_minutes: number;
  from_hour: number | null;
  to_hour: number | null;
  evaluated_at: Moment;
  updated_at: Defaulted<Date>;
  updated_by: Defaulted<string | null>;
}

export interface AlertTable {
  id: Generated<number>;
  rule: string;
  subject: string;
  day: ColumnType<Date, string, string>;
  account_id: string | null;
  unit_code: string | null;
  facts: ColumnType<Record<string, string | number>, string, string>;
  event_at: Timestamp;
  raised_at: Defaulted<Date>;
  state: Defaulted<'open' | 'explained' | 'escalated'>;
}

export interface AlertAnswerTable {
  id: Generated<number>;
  alert_id: number;
  state: 'explained' | 'escalated';
  note: string;
  answered_by: string;
  answered_at: Defaulted<Date>;
}

export interface AccountReviewTable {
  period: string;
  opened_at: Defaulted<Date>;
  due_at: Timestamp;
  closed_at: Moment;
}

export interface AccountReviewItemTable {
  period: string;
  account_id: string;
  unit_code: string;
  state: Defaulted<'open' | 'needed' | 'disabled' | 'suspended' | 'gone'>;
  decided_by: Defaulted<string | null>;
  decided_at: Moment;
  note: Defaulted<string>;
}

export interface AccountReviewReminderTable {
  period: string;
  unit_code: string;
  days_left: number;
  sent_at: Defaulted<Date>;
}

export interface BreachTable {
  id: Generated<number>;
  title: string;
  kind: 'leak' | 'intrusion' | 'loss' | 'misuse' | 'outage' | 'other';
  level: number;
  description: string;
  unit_code: string | null;
  persons_affected: number | null;
  occurred_at: Moment;
  known_at: Timestamp;
  recorded_at: Defaulted<Date>;
  recorded_by: string;
  state: Defaulted<'open' | 'closed'>;
  report: Defaulted<string>;
  closed_at: Moment;
  closed_by: Defaulted<string | null>;
}

export interface BreachStepTable {
  breach_id: number;
  kind: 'report_incident' | 'recover' | 'notify_authority' | 'notify_persons';
  due_at: Timestamp;
  done_at: Moment;
  done_by: Defaulted<string | null>;
  note: Defaulted<string>;
  told_overdue_at: Moment;
}

export interface BreachNoteTable {
  id: Generated<number>;
  breach_id: number;
  note: string;
  written_by: string;
  written_at: Defaulted<Date>;
}

export interface WatchTables {
  console_network: ConsoleNetworkTable;
  alert_rule: AlertRuleTable;
  alert: AlertTable;
  alert_answer: AlertAnswerTable;
  account_review: AccountReviewTable;
  account_review_item: AccountReviewItemTable;
  account_review_reminder: AccountReviewReminderTable;
  breach: BreachTable;
  breach_step: BreachStepTable;
  breach_note: BreachNoteTable;
}
