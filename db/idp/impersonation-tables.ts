import type { ColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

/** An operator who acts as somebody else's account: asked for, approved by another, begun, ended. */
export interface ImpersonationTable {
  id: Defaulted<string>;
  operator_account_id: string;
  account_id: string;
  subsystem_account_id: string;
  subsystem_code: string;
  client_id: string;
  reason: string;
  ticket: string;
  minutes: number;
  status: Defaulted<'requested' | 'approved' | 'refused' | 'withdrawn' | 'lapsed' | 'running' | 'ended'>;
  requested_at: Timestamp;
  decided_by: Defaulted<string | null>;
  decided_at: Defaulted<Date | null>;
  comment: Defaulted<string>;
  /** Of the one-time code by which it is begun. */
  code_digest: Defaulted<Buffer | null>;
  code_until: Defaulted<Date | null>;
  /** How and when the operator signed in: what every token says. */
  operator_sign_in: ColumnType<
    { acr: string; amr: string[]; at: number } | null,
    string | null | undefined,
    string | null
  >;
  session_uid: Defaulted<string | null>;
  begun_at: Defaulted<Date | null>;
  ends_at: Defaulted<Date | null>;
  ended_at: Defaulted<Date | null>;
  ended_by: Defaulted<string | null>;
  end_cause: Defaulted<string | null>;
}

export interface ImpersonationTables {
  impersonation: ImpersonationTable;
}
