/** Records of the business areas: lists, forms, the record itself, its history. Labels are texts, named by the areas. */
import type { Cell } from './console.ts';
import type { MenuGroup } from '../views.ts';
import type { ImportViews } from './record-import.ts';

export interface FormOption {
  value: string;
  label: string;
  selected: boolean;
}

export interface FormField {
  name: string;
  label: string;
  kind:
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
  required: boolean;
  /** Worked out from the others: shown, never typed. */
  isDerived: boolean;
  value: string;
  options: FormOption[];
  /** Options under headings, such as townships under their counties. */
  groups: { label: string; county?: string; options: FormOption[] }[];
  /** Of a township: the choice of its county, which narrows the townships. */
  county?: { name: string; label: string; options: FormOption[] };
  hint: string | undefined;
  /** 0: none. */
  maxlength: number;
  /** `other=a|b`: asked only then; '' always. */
  when: string;
  error: string;
  /** What was typed to look a unit up fits none. */
  isNotFound?: boolean;
}

export interface FormPart {
  name: string;
  label: string;
  fields: FormField[];
}

/** Rows of a record as a form asks them; `add` and `remove` are the deeds that change how many there are. */
export interface RowsForm {
  name: string;
  label: string;
  hint: string;
  columns: string[];
  count: number;
  rows: { label: string; fields: FormField[]; remove: string }[];
  add: string;
}

/** The townships of a county. */
export interface TownGroup {
  label: string;
  county: string;
  options: FormOption[];
}

/** Of two selects the first narrows the second to its county; without scripts all stand there under their counties. */
export interface PlaceChoice {
  pair?: 'county' | 'town';
  groups?: TownGroup[];
}

/** A fact of a record as it is shown. */
export interface RecordFact {
  label: string;
  text: string;
}

/** The head of every page of an area. */
export interface AreaFrame {
  menu: MenuGroup[];
  breadcrumb: string[];
  title: string;
  path: string;
}

export interface RecordHead {
  no: number;
  state: { text: string; tone: 'neutral' | 'success' | 'info' | 'warning' | 'error' };
  lock: string;
  person: string;
  idHint: string;
  unit: string;
}

/** Where the records before and after one wait that the reader may decide about; '' for none. */
export interface ReviewBeside {
  previousUrl: string;
  nextUrl: string;
}

/** One line of the to-do list; `key` names the system it comes from. */
export interface TodoLine {
  key: string;
  label: string;
  url: string;
  count: number;
}

export interface RecordViews extends ImportViews {
  'mch-app/todos': AreaFrame & {
    tab: 'work' | 'mail';
    todos: TodoLine[];
    /** Mails that told of them, the newest first. */
    mails: {
      at: Date;
      lines: { label: string; count: number }[];
      stateKey: string;
      tone: 'success' | 'info' | 'warning';
    }[];
  };
  'mch-app/record-list': AreaFrame & {
    fields: ({
      name: string;
      label: string;
      kind: 'text' | 'date' | 'select';
      value: string;
      isFaulty: boolean;
      options: FormOption[];
    } & PlaceChoice)[];
    chips: { label: string; removeUrl: string }[];
    sort: string;
    count: { key: string; number: number };
    columns: { label: string; sortUrl: string; direction: 'ascending' | 'descending' | 'none' }[];
    /** `isWhole`: not to be broken over lines. */
    rows: { url: string; cells: (Cell & { label: string; isWhole?: boolean })[] }[];
    exports: { format: string; url: string }[];
    newUrl: string;
    firstUrl: string;
    nextUrl: string;
  };
  'mch-app/report': AreaFrame & {
    fields: ({
      name: string;
      label: string;
      kind: 'text' | 'date' | 'month' | 'select';
      value: string;
      isFaulty: boolean;
      options: FormOption[];
      /** What the empty choice says; '' for none. */
      blankKey: string;
    } & PlaceChoice)[];
    figures: RecordFact[];
    count: { key: string; number: number };
    columns: { label: string; numeric: boolean }[];
    /** `percent` of the longest bar; -1: no bar is drawn. */
    rows: {
      cells: { label: string; text: string; url: string; numeric: boolean }[];
      percent: number;
      /** Where it is decided about; '' where nothing is (left) to decide. */
      decideUrl: string;
    }[];
    /** What the bars draw. */
    barLabel: string;
    /** Whether any row is still to be decided about. */
    hasDecisions: boolean;
    exports: { format: string; url: string }[];
    firstUrl: string;
    nextUrl: string;
  };
  'mch-app/report-decision': AreaFrame & {
    facts: RecordFact[];
    action: string;
    listUrl: string;
    acting: string;
    generation: number;
    label: string;
    options: FormOption[];
    reason: string;
    lacksDecision: boolean;
    lacksReason: boolean;
  };
  'mch-app/record-form': AreaFrame & {
    /** Of the record that is changed. */
    no: number | undefined;
    action: string;
    cancelUrl: string;
    acting: string;
    generation: number;
    hidden: { name: string; value: string }[];
    /** What the record belongs to. */
    about: RecordFact[];
    parts: FormPart[];
    rows: RowsForm[];
    errors: { field: string; text: string }[];
    warnings: { field: string; key: string; text: string }[];
    /** What must be known before going on; '' nothing. */
    noticeKey: string;
    maySubmit: boolean;
    mayDraft: boolean;
    mayFind: boolean;
  };
  'mch-app/record': AreaFrame & {
    head: RecordHead;
    parts: { name: string; label: string; facts: RecordFact[] }[];
    /** Files it can have; `action` '' where none may be put there now. */
    files: {
      slot: string;
      label: string;
      name: string;
      by: string;
      at: Date | undefined;
      url: string;
      action: string;
    }[];
    tables: {
      name: string;
      label: string;
      columns: string[];
      rows: { label: string; cells: RecordFact[] }[];
    }[];
    /** What it was made of, as files. */
    exports: { format: string; url: string }[];
    children: {
      label: string;
      newUrl: string;
      records: { url: string; text: string; state: RecordHead['state'] }[];
    }[];
    parent: { label: string; url: string } | undefined;
    trail: { label: string; text: string; at: Date }[];
    note: string;
    deeds: {
      deed: string;
      url: string;
      label: string;
      isMain: boolean;
      isDangerous: boolean;
      asksNote: boolean;
      /** What the note is for. */
      noteKey: string;
      note: string;
    }[];
    /** For whoever reviews records of this kind. */
    beside: ReviewBeside | undefined;
    editUrl: string;
    printUrl: string;
    pdfUrl: string;
    historyUrl: string;
    acting: string;
    generation: number;
    version: number;
    /** Who printed it; '' on the page itself. */
    printedBy: string;
    printedAt: Date;
    unit: string;
  };
  'mch-app/record-history': AreaFrame & {
    head: RecordHead;
    recordUrl: string;
    versions: {
      version: number;
      at: Date;
      who: string;
      deed: string;
      note: string;
      changes: { label: string; before: string; after: string }[];
    }[];
  };
}
