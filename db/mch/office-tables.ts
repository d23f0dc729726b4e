import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface SignInLogTable {
  id: Generated<number>;
  /** While it lasts: the session it is. */
  session_digest: Buffer | null;
  how: 'sign_in' | 'switch';
  sub: string;
  person_name: string;
  account_id: string;
  unit_code: string;
  unit_name: string;
  ip: string;
  signed_in_at: Timestamp;
  signed_out_at: Timestamp | null;
  end_reason: string | null;
}

export interface OfficeTables {
  sign_in_log: SignInLogTable;
}
