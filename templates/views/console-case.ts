/** One thing in the console with what can be done about it: a record, an alert, a verification, a breach. */
import type { FieldError } from '../views.ts';
import type { Fact, HistoryLine } from './console.ts';

export interface CaseField {
  name: string;
  /** A locale key. */
  key: string;
  kind: 'text' | 'area' | 'select' | 'date' | 'moment' | 'number' | 'tick' | 'hidden';
  value: string;
  required: boolean;
  hint: { key: string } | undefined;
  options: { value: string; label: string; selected: boolean }[];
}

export interface CaseForm {
  /** Texts: `<key>.title`, `<key>.submit`; the form's id. */
  key: string;
  action: string;
  fields: CaseField[];
  isDangerous: boolean;
}

/** A chart whose table says the same: one bar a row. */
export interface Bars {
  /** A locale key. */
  key: string;
  head: { key: string };
  /** Heads of the number columns, the first of which is drawn. */
  columns: { key: string }[];
  rows: { label: string; url: string; numbers: number[]; percent: number }[];
}

export interface ConsoleCaseViews {
  'idp/console-case': {
    /** Texts: `<area>.title`, `.lead`. */
    area: string;
    params: Record<string, string | number>;
    facts: Fact[];
    /** A longer text as somebody wrote it. */
    text: string;
    /** Fields before and after; `label` as the record names them. */
    changes: { label: string; before: string; after: string; isHidden: boolean }[];
    bars: Bars[];
    /** What else there is to say, one line each. */
    lines: {
      label: string;
      text: string;
      tone: 'success' | 'warning' | 'error';
      link?: { key: string; url: string };
    }[];
    history: HistoryLine[];
    forms: CaseForm[];
    errors: FieldError[];
    links: { key: string; url: string }[];
  };
}
