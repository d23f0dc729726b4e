import type { RawBuilder } from 'kysely';
import type { RecordState } from '#db/mch/record-tables.ts';
import type { Trx } from '#db/mch/tables.ts';
import type { Right } from '../access/index.ts';
import type { ChangeCategory } from '../change-requests/index.ts';
import type { UnitNames } from '../units/index.ts';
import type { PlainColumn } from './report-types.ts';

export type { RecordState } from '#db/mch/record-tables.ts';
export type {
  DecisionMade,
  EntryColumn,
  PlainColumn,
  Report,
  ReportColumn,
  ReportField,
  ReportFilters,
  RowDecision,
} from './report-types.ts';

/** What a field may hold: days as `YYYY-MM-DD`, spans of pregnancy in days, several choices as their codes. */
export type Value = string | number | boolean | string[] | Date | null;
export type Values = Readonly<Record<string, Value>>;

export type FieldKind =
  | 'text'
  | 'area'
  | 'whole'
  | 'decimal'
  | 'weeks'
  | 'day'
  | 'moment'
  | 'choice'
  | 'flags'
  | 'yes-no'
  | 'unit'
  | 'town';

export interface Field {
  kind: FieldKind;
  /** Needed to submit; a draft may lack it. */
  required: boolean;
  /** Codes of a choice or of flags; their names are `<field>.<code>` in the labels. */
  options: readonly string[];
  /** Of a number its bounds, of a text its length. */
  min: number;
  max: number;
  pattern: RegExp | undefined;
  /** Asked only while another field has one of these values. */
  when: { field: string; is: readonly string[] } | undefined;
  /** Worked out from the other values and whom the record is about, never typed. */
  derived: ((values: Values, subject: Facts['subject']) => Value) | undefined;
  /** Filled in by what follows from a deed, such as a number in a series; never typed, kept through corrections. */
  given: boolean;
  /** Personal or clinical facts that exports leave out unless asked for with a reason. */
  sensitive: boolean;
}
export type Fields = Readonly<Record<string, Field>>;

/** Fields that stand in one table and under one heading. */
export interface Part {
  /** Its heading is the label `part.<name>`. */
  name: string;
  table: string;
  fields: Fields;
}

/** Rows of fields a record has several of, in a table of their own: `record_id` and `at`, then the fields. */
export interface Group {
  /** Its heading is the label `part.<name>`. */
  name: string;
  table: string;
  fields: Fields;
  /** How many rows at most. */
  most: number;
  /** The choice each of whose options has a row that is always there; without it rows are added and taken away. */
  preset: string | undefined;
}

/** Something wrong with a form, or worth a second look: `key` is a label of the area or a text of all records. */
export interface Finding {
  field: string;
  /** A warning is confirmed, an error mended. */
  level: 'error' | 'warning';
  key: string;
  params?: Record<string, string | number>;
}

/** Who a record is about. */
export type Subject = 'mother' | 'child' | 'parent';

/** What rules of an area may look at besides the form. */
export interface Facts {
  today: string;
  now: Date;
  subject: { birthDate: string; birthAt: Date | undefined; sex: string } | undefined;
  parent: Values | undefined;
  /** The one row the kind's `asks` found; empty without one. */
  known: Readonly<Record<string, unknown>>;
}

/** Whose form it is that a kind asks the database about. */
export interface About {
  actor: Actor;
  recordId: string | undefined;
  parentId: string | undefined;
  patientId: string | undefined;
  today: string;
}

/** What has just become of a record, told to its area in the same transaction. */
export interface Happened {
  deed: 'submitted' | 'approved' | 'returned' | 'closed' | 'reopened';
  record: Pick<
    Envelope,
    'id' | 'no' | 'unitCode' | 'assignedUnitCode' | 'patientId' | 'pregnancyId' | 'parentId' | 'residenceTown'
  >;
  values: Values;
  /** The state it was in; undefined for one that is new. */
  before: RecordState | undefined;
  /** What it said before. */
  was: Values | undefined;
  actor: Actor;
  now: Date;
}

/** A condition of a statement whose envelope is `r` and whose person is `p`, at a day and a moment, for a reader. */
export type Condition = ((today: string, now: Date, scope: Scope) => RawBuilder<unknown>) & {
  /** That it begins with a short list (`eachAwaiting`), which is looked through once rather than on every way in sight. */
  isShort?: boolean;
};

/** What a record was made of, shown below it, printed with it and taken away as a file; its heading is `part.<name>`. */
export interface Register {
  name: string;
  columns: readonly PlainColumn[];
  /** A select of the columns in their order. */
  rows(record: Pick<Envelope, 'id' | 'no'>): RawBuilder<unknown>;
}

/** The reviewers of an unlock, in order; see the data-change requests. */
export type Lock = 'LK0' | 'LK1' | 'LK2' | 'LK3' | 'LK4' | 'LK5' | 'LKR';

/** One kind of record, told as data. */
export interface RecordKind {
  /** Its own name, unique over all areas; also its table's. */
  key: string;
  /** Where it stands in the menu, e.g. `maternal/gbs/specimens`. */
  path: string;
  subject: Subject;
  /** The kind whose record this one belongs to. */
  parent: string | undefined;
  /** Kinds it may belong to as well. */
  otherParents: readonly string[];
  /** At most one of this kind for one parent. */
  onePerParent: boolean;
  hasPregnancy: boolean;
  parts: readonly Part[];
  groups: readonly Group[];
  /** Files it can have, one of each name, in `<kind>_file`. */
  files: readonly string[];
  /** The field whose day the lists go by; `birth_at`: the child's own. */
  serviceDay: string;
  /** The field naming the unit that works on it next; `parent`: the unit whose record it belongs to. */
  assignedTo: string | undefined;
  /** Whether it lies where the record it belongs to lies: what a laboratory finds is no affair of its own county. */
  liesWithParent: boolean;
  /** That it tells of a birth in the unit that enters it, unless it names another; and whether the child lives. */
  birthNotice: ((values: Values) => { isAlive: boolean }) | undefined;
  /** The function at which its empty form stands, when that is another place than its list. */
  entry: string | undefined;
  /** A record of another kind a form can start from, and what it says already. */
  startsFrom: { kind: string; values: (from: Values) => Values } | undefined;
  /** The function at which files of such records are brought; undefined: none are. */
  importAt: string | undefined;
  /** Columns of its list and of exports. */
  list: readonly string[];
  /** Choices its list can be narrowed by, beside what every list has. */
  filters: readonly string[];
  /** Whether its list can also be narrowed by the days on which records were submitted. */
  asksSubmitted: boolean;
  /** What else its list can be narrowed to, by name (`only.<name>` in the labels): conditions on the envelope `r`. */
  conditions: Readonly<Record<string, Condition>>;
  /** What becomes of it once submitted. */
  lock: 'LK1' | 'LK2' | 'LK3' | 'LK4';
  /** What a request to correct it is called. */
  changeCategory: ChangeCategory;
  /** What a request to open it is called once it is approved; undefined while that makes no difference. */
  approvedCategory: ChangeCategory | undefined;
  /** Whether somebody with the right V approves it. */
  isReviewed: boolean;
  /** Whose word that is: theirs with the right V, or that of the unit the record leads to. */
  reviewedBy: 'reviewers' | 'assigned';
  /** Whether it is made of other records alone: nobody types it. */
  isMade: boolean;
  /** Whether approving needs a word, as returning always does. */
  approvalNeedsNote: boolean;
  /** Whether it is closed in the end, and opened again by reviewers alone. */
  isClosed: boolean;
  /** The day after which it is view only. */
  deadline: ((values: Values) => string | undefined) | undefined;
  /** One at most for a person and pregnancy with the same answer. */
  uniqueBy: ((values: Values) => string | undefined) | undefined;
  rules: (values: Values, facts: Facts) => Finding[];
  register: Register | undefined;
  /** What the rules must know of other records: a select of one row. */
  asks: ((values: Values, about: About) => RawBuilder<unknown>) | undefined;
  /** What follows from a deed, within its transaction. A reason (`finding.refused.<reason>`) undoes all of it. */
  follows: ((trx: Trx, happened: Happened) => Promise<string | undefined>) | undefined;
}

/** Whose records an account reaches. */
export type Scope =
  | { kind: 'own'; unitCode: string }
  | { kind: 'assigned'; unitCode: string }
  | { kind: 'town'; unitCode: string; town: string }
  | { kind: 'county'; unitCode: string; county: string }
  | { kind: 'nation'; unitCode: string };

/** Who does something here. */
export interface Actor {
  sub: string;
  accountId: string;
  personName: string;
  unit: { code: string; name: string; county: string; town: string };
  scope: Scope;
  rights(path: string): readonly Right[];
}

/** What the envelope says of a record. */
export interface Envelope {
  id: string;
  no: number;
  kind: string;
  unitCode: string;
  unitName: string;
  county: string;
  town: string;
  assignedUnitCode: string | null;
  residenceTown: string;
  state: RecordState;
  version: number;
  serviceOn: string;
  unlockedUntil: Date | null;
  patientId: string | null;
  pregnancyId: string | null;
  parentId: string | null;
  /** The accounts that ever had a hand in what it says, and the persons (`sub`) who hold them. */
  writers: readonly (string | null)[];
  createdByName: string;
  createdAt: Date;
  updatedByName: string;
  updatedAt: Date;
  submittedByName: string | null;
  submittedAt: Date | null;
  reviewedByName: string | null;
  reviewedAt: Date | null;
  reviewNote: string;
}

/** A record with everything it says. */
export interface FullRecord extends Envelope {
  values: Values;
  /** What the units are called that the values name. */
  units: UnitNames;
}
