import type { Readable } from 'node:stream';
import type { Locale } from '#kit/http/locale.ts';
import type { ListDefinition, ListRequest } from '#kit/list.ts';
import type { HourChart } from '#templates/charts/hours.ts';
import type { Cell } from '#templates/views/console.ts';
import type { ConsoleCaller, Deed, Reach } from '../permissions/index.ts';

/** A row of any list. `position` is its sort value as PostgreSQL wrote it (`::text`), for the next page. */
export interface ListRow {
  id: string;
  position: string;
}

export interface ListScope<F extends string, S extends string> {
  request: ListRequest<F, S>;
  caller: ConsoleCaller;
  /** Rows out of reach are never loaded or counted. */
  reach: Reach;
}

export interface ListColumn<S extends string, Row> {
  name: string;
  /** A locale key. */
  key: string;
  sort?: S;
  /** What is shown, and in an export its text. */
  cell: (row: Row, locale: Locale) => Cell;
  /** What an export holds instead, such as a masked name; null leaves the column out there. */
  exported?: ((row: Row, locale: Locale) => Cell) | null;
}

export interface ListField<F extends string> {
  name: F;
  /** A locale key. */
  key: string;
  kind: 'text' | 'date' | 'select';
  /** What leaving a select empty means, when it is not everything: a locale key. */
  anyKey?: string;
  /** `chosen`: what the other filters are set to. */
  options?: (
    locale: Locale,
    caller: ConsoleCaller,
    chosen: Partial<Record<F, string>>,
  ) => { value: string; label: string }[];
}

export interface ListTool {
  key: string;
  url: string;
  deed: Deed;
}

/** One list of the console, told as data. */
export interface ConsoleList<F extends string, S extends string, Row extends ListRow> {
  definition: ListDefinition<F, S>;
  /** Where it stands; its export is at `<path>/export`. */
  path: string;
  /** Its texts are `<area>.title`, `<area>.lead` and `<area>.none`. */
  area: string;
  deed: Deed;
  /** Absent when the list cannot be taken away as a file. */
  exportDeed?: Deed;
  fields: ListField<F>[];
  columns: ListColumn<S, Row>[];
  /** Further columns of an export. */
  exportColumns?: Omit<ListColumn<S, Row>, 'exported'>[];
  /** At most `limit` rows from the request's beginning, in its order. */
  load(scope: ListScope<F, S>, limit: number): Promise<Row[]>;
  /** How many there are, looking no further than `upTo`. */
  count(scope: ListScope<F, S>, upTo: number): Promise<number>;
  rowUrl?(row: Row): string;
  /** What a row is called where it is ticked. */
  rowLabel?(row: Row): string;
  /** Deeds for the ticked rows: a POST of `id` fields and `deed` to `action`, which shows what would happen. */
  bulk?: {
    action: string;
    deeds: { name: string; key: string; deed: Deed }[];
    isSelectable(row: Row): boolean;
  };
  /** Drawn above the rows. */
  chart?(scope: ListScope<F, S>, locale: Locale): Promise<HourChart>;
  tools?: ListTool[];
}

export interface ListAnswer {
  type: string;
  fileName: string;
  body: Readable;
}
