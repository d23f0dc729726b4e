import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Json<T> = ColumnType<T, string, string>;

export interface RecordImportTable {
  id: Generated<number>;
  kind: string;
  unit_code: string;
  actor: Json<unknown>;
  person_name: string;
  file_name: string;
  is_all: boolean;
  takes_warnings: boolean;
  columns: string[];
  status: 'checking' | 'writing' | 'done' | 'refused' | 'failed';
  row_count: number;
  done_to: Defaulted<number>;
  taken: Defaulted<number>;
  repeated: Defaulted<number>;
  faulty: Defaulted<number>;
  lease: string | null;
  leased_until: Timestamp | null;
  created_at: Timestamp;
  ended_at: Timestamp | null;
  /** What ended it before its file was done: the right to it was over. */
  ended_because: ColumnType<'rights' | null, 'rights' | null | undefined, 'rights' | null>;
}

export interface RecordImportRowTable {
  import_id: number;
  row_no: number;
  /** Where it stands in the file. */
  line: number;
  cells: Buffer | null;
  outcome: 'taken' | 'repeated' | 'faulty' | null;
  record_no: number | null;
  findings: Json<
    { field: string; level: 'error' | 'warning'; key: string; params?: Record<string, string | number> }[]
  >;
}

export interface RecordImportTakenTable {
  kind: string;
  unit_code: string;
  digest: Buffer;
  record_id: string;
}

export interface ImportTables {
  record_import: RecordImportTable;
  record_import_row: RecordImportRowTable;
  record_import_taken: RecordImportTakenTable;
}
