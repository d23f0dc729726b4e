import type { ColumnType } from 'kysely';

export interface RestoreEpochTable {
  only_row: ColumnType<boolean, never, never>;
  epoch: number;
  issued_after: Date | null;
  target: string;
  begun_at: Date | null;
}

export interface RestoreTables {
  restore_epoch: RestoreEpochTable;
}
