import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface MessageTable {
  id: Generated<number>;
  account_id: string;
  subsystem_code: string | null;
  sender_zh: string;
  sender_en: string;
  subject_zh: string;
  subject_en: string;
  body_zh: string;
  body_en: string;
  link: string | null;
  dedupe_key: string;
  received_at: Defaulted<Date>;
  read_at: Timestamp | null;
}

export interface IdleNoticeTable {
  subsystem_account_id: string;
  idle_since: Timestamp;
  days_left: number;
  sent_at: Defaulted<Date>;
}

export interface DataRequestTable {
  id: Generated<string>;
  account_id: string;
  kind: 'access' | 'correct' | 'stop' | 'delete';
  wish: string;
  status: Defaulted<'open' | 'granted' | 'refused' | 'withdrawn'>;
  requested_at: Defaulted<Date>;
  due_at: Timestamp;
  extended_because: Defaulted<string | null>;
  ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  refusal_ground: Defaulted<'national_interest' | 'official_duty' | 'major_interest' | 'other_law' | null>;
  carried_out_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  note: Defaulted<string>;
}

export interface LifeTables {
  message: MessageTable;
  idle_notice: IdleNoticeTable;
  data_request: DataRequestTable;
}
