/** What the pages of the console share: its home, lists, and the page that asks before a deed. */
import type { HourChart } from '../charts/hours.ts';
import type { ConsoleAlarm, FieldError } from '../views.ts';

export type Tone = 'neutral' | 'success' | 'info' | 'warning' | 'error';

/** One cell of a list: a text, a locale key, or a moment; with a tone it is a tag. */
export interface Cell {
  text?: string;
  textKey?: string;
  lang?: string;
  at?: Date;
  tone?: Tone;
  numeric?: boolean;
  /** What the cell leads to. */
  url?: string;
  /** What the link is about, read out after its text. */
  about?: string;
}

/** One fact of a summary list. */
export interface Fact extends Cell {
  /** A locale key. */
  key: string;
}

/** What a deed changes, field by field. */
export interface Change {
  /** A locale key. */
  key: string;
  before: string;
  after: string;
}

/** One line of a history, newest first. */
export interface HistoryLine {
  at: Date;
  who: string;
  /** A locale key. */
  key: string;
  note: string;
}

/** What stands around every page of the console. */
export interface ConsoleFrame {
  menu: { key: string; places: { key: string; url: string; current: boolean }[] }[];
  crumbs: { label: string; url?: string }[];
  unitLabel: string;
  alarms?: ConsoleAlarm[];
}

export interface ConsoleViews {
  'idp/console-home': {
    greeting: string;
    work: { key: string; url: string; count: number; overdue: number }[];
    places: { key: string; places: { key: string; url: string }[] }[];
  };
  'idp/console-list': {
    /** Texts: `<area>.title`, `.lead`, `.none`, `.none-found`. */
    area: string;
    name: string;
    path: string;
    chart?: HourChart;
    count: { key: string; number: number };
    fields: {
      name: string;
      key: string;
      kind: 'text' | 'date' | 'select';
      /** What leaving a select empty means. */
      anyKey?: string;
      value: string;
      isFaulty: boolean;
      options: { value: string; label: string; selected: boolean }[];
    }[];
    chips: { key: string; label: string; removeUrl: string }[];
    sort: string;
    columns: { key: string; sortUrl: string; direction: 'ascending' | 'descending' | 'none' }[];
    rows: {
      id: string;
      label?: string;
      url: string;
      selectable: boolean;
      cells: (Cell & { key: string })[];
    }[];
    bulk: { action: string; deeds: { name: string; key: string }[] } | undefined;
    exports: { format: string; url: string }[];
    tools: { key: string; url: string }[];
    saved: { name: string; url: string }[];
    /** The list's own query, for keeping it. */
    query: string;
    firstUrl: string;
    nextUrl: string;
  };
  /** Asks before a deed: what will happen to each thing, why, yes or no. */
  'idp/console-confirm': {
    /** Texts: `<area>.title`, `.lead`, `.confirm`. */
    area: string;
    params: Record<string, string | number>;
    action: string;
    cancelUrl: string;
    fields: { name: string; value: string }[];
    lines: { label: string; effect: string; refused: boolean }[];
    /** Absent when no reason is asked. */
    reason: { value: string; required: boolean } | undefined;
    isDangerous: boolean;
    /** False when nothing of it can be done. */
    isPossible: boolean;
    errors: FieldError[];
  };
}
