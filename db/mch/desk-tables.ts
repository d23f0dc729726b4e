import type { ColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface PreferenceTable {
  sub: string;
  wide_window: boolean;
  updated_at: Timestamp;
}

export interface FavouriteTable {
  account_id: string;
  path: string;
  added_at: Timestamp;
}

/** What people keep for themselves. */
export interface DeskTables {
  preference: PreferenceTable;
  favourite: FavouriteTable;
}
