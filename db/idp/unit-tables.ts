import type { ColumnType, Generated } from 'kysely';

type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface UnitTable {
  code: string;
  name: string;
  name_en: string;
  kind: string;
  county: string;
  town: string;
  status: Defaulted<'active' | 'closed'>;
  address: Defaulted<string>;
  phone: Defaulted<string>;
  email: Defaulted<string>;
  level: Defaulted<string>;
  /** Moved on by the database with every change. */
  version: ColumnType<number, never, never>;
  changed_at: ColumnType<Date, never, never>;
  merged_into: Defaulted<string | null>;
  /** Every two neighbouring characters of its names; kept by the database. */
  search_pairs: ColumnType<string[], never, never>;
}

export interface UnitImportTable {
  id: Generated<string>;
  status: 'receiving' | 'checking' | 'previewed' | 'applying' | 'applied' | 'cancelled' | 'failed';
  file_name: string;
  columns: Defaulted<string[]>;
  encoding: Defaulted<string | null>;
  sha256: Defaulted<Buffer | null>;
  bytes: Defaulted<number>;
  row_count: Defaulted<number>;
  checked_to: Defaulted<number>;
  applied_to: Defaulted<number>;
  new_rows: Defaulted<number>;
  changed_rows: Defaulted<number>;
  closed_rows: Defaulted<number>;
  unchanged_rows: Defaulted<number>;
  faulty_rows: Defaulted<number>;
  skipped_rows: Defaulted<number>;
  started_by: string;
  started_at: Defaulted<Date>;
  touched_at: Defaulted<Date>;
  decided_by: Defaulted<string | null>;
  decided_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  reason: Defaulted<string>;
  ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  failure: Defaulted<string | null>;
}

export interface UnitImportRowTable {
  import_id: string;
  row_no: number;
  line: number;
  code: string;
  name: string;
  name_en: string;
  kind: string;
  county: string;
  town: string;
  address: string;
  phone: string;
  email: string;
  level: string;
  status: string;
  faults: Defaulted<string[]>;
  verdict: Defaulted<'new' | 'changed' | 'closed' | 'unchanged' | 'faulty' | null>;
  changes: ColumnType<Record<string, [string, string]> | null, string | null | undefined, string | null>;
  unit_version: Defaulted<number | null>;
  outcome: Defaulted<string | null>;
}

export interface UnitTables {
  unit: UnitTable;
  unit_import: UnitImportTable;
  unit_import_row: UnitImportRowTable;
}
