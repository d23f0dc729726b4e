import type { ColumnType } from 'kysely';

export interface BreachedPasswordTable {
  /** The first 20 bits of the SHA-1 hashes of this row. */
  prefix: number;
  /** Of each the next 40 bits, sorted, end to end. */
  suffixes: Buffer;
}

export interface BreachedPasswordImportTable {
  source: Buffer;
  position: number;
  hashes: number;
  updated_at: ColumnType<Date, Date | undefined, Date>;
  finished_at: Date | null;
}

export interface BreachedTables {
  breached_password: BreachedPasswordTable;
  breached_password_import: BreachedPasswordImportTable;
}
