import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** `date`: read and written as `YYYY-MM-DD`. */
type Day = ColumnType<string, string, string>;
type Json<T> = ColumnType<T, string, string>;

export type RecordState =
  'draft' | 'submitted' | 'approved' | 'returned' | 'claimed' | 'paid' | 'rejected' | 'closed';

export interface UnitTable {
  code: string;
  name: string;
  kind: string;
  county: string;
  town: string;
  seen_at: Defaulted<Date>;
  status: Defaulted<'active' | 'closed'>;
  /** As the register says; null for what only a person's session told. */
  changed_at: Timestamp | null;
}

export interface PatientTable {
  id: string;
  kind: 'mother' | 'child';
  id_type: 'national_id' | 'resident_permit' | 'passport' | 'none';
  id_sealed: Buffer | null;
  id_index: Buffer | null;
  id_hint: Defaulted<string>;
  birth_index: Buffer | null;
  name: string;
  birth_date: Day;
  birth_at: Timestamp | null;
  birth_order: number | null;
  sex: 'male' | 'female' | 'unknown' | null;
  mother_id: string | null;
  /** The draft alone that tells of this person. */
  draft_of: Defaulted<string | null>;
  /** What such a number is looked for by; several drafts may name one. */
  draft_index: Defaulted<Buffer | null>;
  created_at: Timestamp;
  updated_at: Timestamp;
}
export type PatientRow = Selectable<PatientTable>;

/** The register of births. */
export interface BirthTable {
  child_id: string;
  mother_name: string;
  mother_sealed: Buffer;
  unit_code: string | null;
  county: Defaulted<string>;
  town: Defaulted<string>;
  gestation_days: number | null;
  birth_weight: number | null;
  guardian_name: string | null;
  guardian_phone: string | null;
  residence_county: Defaulted<string>;
  residence_town: Defaulted<string>;
  is_alive: Defaulted<boolean>;
  registered_at: Timestamp | null;
}

export interface PregnancyTable {
  id: string;
  mother_id: string;
  seq: number;
  edc: Day;
  opened_on: Day;
  closed_on: Day | null;
}

export interface RecordTable {
  id: string;
  no: Generated<number>;
  kind: string;
  unit_code: string;
  assigned_unit_code: string | null;
  county: string;
  town: string;
  residence_county: Defaulted<string>;
  residence_town: Defaulted<string>;
  patient_id: string | null;
  pregnancy_id: string | null;
  parent_id: string | null;
  unique_key: string | null;
  state: RecordState;
  version: Defaulted<number>;
  service_on: Day;
  unlocked_until: Timestamp | null;
  created_by: string;
  created_by_name: string;
  created_at: Timestamp;
  updated_by: string;
  updated_by_name: string;
  updated_at: Timestamp;
  submitted_by_name: string | null;
  submitted_at: Timestamp | null;
  reviewed_by_name: string | null;
  reviewed_at: Timestamp | null;
  review_note: Defaulted<string>;
}
export type RecordRow = Selectable<RecordTable>;
export type NewRecordRow = Insertable<RecordTable>;

export interface RecordVersionTable {
  record_id: string;
  version: number;
  at: Timestamp;
  deed: string;
  by_account: string;
  by_name: string;
  unit_code: string;
  note: Defaulted<string>;
  changes: Json<{ field: string; before: string; after: string }[]>;
}

export interface PatientAccessTable {
  id: Generated<number>;
  at: Timestamp;
  patient_id: string;
  record_id: string | null;
  account_id: string;
  person_name: string;
  unit_code: string;
  deed: 'view' | 'print' | 'edit' | 'find' | 'export';
}

export interface RecordExportTable {
  id: Generated<number>;
  at: Timestamp;
  account_id: string;
  person_name: string;
  unit_code: string;
  kind: string;
  format: string;
  filters: string[];
  row_count: number;
}

/** Records that wait for one of another kind below them; kept by the database itself. */
export interface RecordAwaitingTable {
  awaits: string;
  record_id: string;
  /** Of what a rule lists. */
  service_on: Date | null;
}

export interface RecordAwaitedKindTable {
  kind: string;
  awaits: string;
}

/** A view of an area that lists what waits, and the kinds that have a part in it. */
export interface RecordWaitingRuleTable {
  awaits: string;
  found_in: string;
  kinds: string[];
  filled_at: Timestamp | null;
}

/** The engine of records; the tables of the areas are their own and reached by their definitions. */
export interface RecordTables {
  unit: UnitTable;
  patient: PatientTable;
  birth: BirthTable;
  pregnancy: PregnancyTable;
  record: RecordTable;
  record_version: RecordVersionTable;
  patient_access: PatientAccessTable;
  record_export: RecordExportTable;
  record_awaiting: RecordAwaitingTable;
  record_awaited_kind: RecordAwaitedKindTable;
  record_waiting_rule: RecordWaitingRuleTable;
}
