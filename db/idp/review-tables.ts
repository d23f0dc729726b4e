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

export interface ReviewTables {
  holiday: HolidayTable;
  delegation: DelegationTable;
}
