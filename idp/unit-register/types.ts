import type { UnitImportTable } from '#db/idp/unit-tables.ts';

/** A column of the register as we know it. */
export type RegisterColumn =
  | 'code'
  | 'name'
  | 'nameEn'
  | 'kind'
  | 'county'
  | 'town'
  | 'address'
  | 'phone'
  | 'email'
  | 'level'
  | 'status'
  | 'closedOn';

/** What is kept of a unit; the rest of the columns only tell one of these. */
export type UnitField = Exclude<RegisterColumn, 'code' | 'closedOn'>;

/** One row as it is understood; '' is what the file does not say. */
export type RowValues = Record<'code' | UnitField, string>;

/** `column.why`, a locale key below `unit-import.fault`. */
export type RowFault = `${RegisterColumn | 'row'}.${string}`;

export interface RegisterRow extends RowValues {
  rowNo: number;
  line: number;
  faults: string[];
}

export type ImportStatus = UnitImportTable['status'];
export type Verdict = 'new' | 'changed' | 'closed' | 'unchanged' | 'faulty';
export type Changes = Record<string, [before: string, after: string]>;

export interface Judgement {
  verdict: Verdict;
  faults: string[];
  changes: Changes;
  /** Of the unit it was compared with; 0 where there is none. */
  unitVersion: number;
}

/** The unit a row is about, as it is now. */
export interface CurrentUnit extends RowValues {
  version: number;
  mergedInto: string | null;
  /** Somebody's account belongs to it. */
  isUsed: boolean;
}

export type Counts = Record<Verdict | 'skipped', number>;

/** One import of the register and how far it has come. */
export interface UnitImport {
  id: string;
  status: ImportStatus;
  fileName: string;
  columns: string[];
  encoding: string | null;
  bytes: number;
  rowCount: number;
  checkedTo: number;
  appliedTo: number;
  counts: Counts;
  startedBy: string;
  startedByName: string;
  startedAt: Date;
  touchedAt: Date;
  decidedByName: string | null;
  decidedAt: Date | null;
  reason: string;
  endedAt: Date | null;
  failure: string | null;
}

/** One row with what was found out about it. */
export interface JudgedRow extends RegisterRow {
  verdict: Verdict;
  changes: Changes | null;
  unitVersion: number;
  outcome: string | null;
}

/** Why a file cannot be taken as a whole. */
export type Unreadable =
  | 'empty'
  | 'encoding'
  | 'not_csv'
  | 'columns_missing'
  | 'columns_repeated'
  | 'too_large'
  | 'too_many_rows'
  | 'broken_off';
