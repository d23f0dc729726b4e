import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface TodoCountTable {
  subsystem_account_id: string;
  key: string;
  label: string;
  label_en: Defaulted<string>;
  count: number;
  url: string | null;
  updated_at: Defaulted<Date>;
}

export interface SubsystemSignInTable {
  id: Generated<number>;
  subsystem_code: string;
  subsystem_account_id: string;
  unit_code: string;
  type: 'signed_in' | 'signed_out' | 'refused';
  at: Timestamp;
  reason: Defaulted<string>;
  ip: Defaulted<string>;
  dedupe_key: string;
}

export interface ApiAnswerTable {
  client_id: string;
  key: string;
  fingerprint: Buffer;
  status: number;
  body: ColumnType<object, string, string>;
  created_at: Defaulted<Date>;
}

export interface DirectoryTables {
  todo_count: TodoCountTable;
  subsystem_sign_in: SubsystemSignInTable;
  api_answer: ApiAnswerTable;
}
