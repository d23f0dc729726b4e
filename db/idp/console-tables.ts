import type { ColumnType } from 'kysely';

export interface SavedFilterTable {
  account_id: string;
  list: string;
  name: string;
  query: string;
  created_at: ColumnType<Date, Date | undefined, Date>;
}

export interface ConsoleTables {
  saved_filter: SavedFilterTable;
}
