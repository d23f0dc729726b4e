import type { RawBuilder } from 'kysely';
import type { Scope } from './types.ts';

/** A column or a figure of a report; its head is the label `<report>.<name>`, or that of the name alone. */
export type ReportColumn = PlainColumn | EntryColumn;

export interface PlainColumn {
  name: string;
  /** `record`: the address of a record below the origin, its number shown. A percentage comes as a fraction. */
  kind: 'text' | 'number' | 'percent' | 'day' | 'record' | 'choice' | 'county' | 'town';
  /** Whether it is shown, given what is asked. */
  only?: (filters: ReportFilters) => boolean;
}

/**
 * A link to the empty form of the kind at `path`, called `<name>.link`; its value is what the form is filled from, such
 * as `child=…` or `parent=…`. For whoever may enter such records; in no file.
 */
export interface EntryColumn {
  name: string;
  kind: 'entry';
  path: string;
  only?: PlainColumn['only'];
}

export interface ReportField {
  name: string;
  /** A township is chosen from those of the county. */
  kind: 'day' | 'month' | 'choice' | 'county' | 'town' | 'unit';
  options?: readonly string[];
  /** What holds while nothing is asked. */
  fallback?: (today: string) => string;
}

/** A derived list or a statistic: always read only (LKR). */
export interface Report {
  /** Where it stands in the menu. */
  path: string;
  fields: readonly ReportField[];
  columns: readonly ReportColumn[];
  /** A select of the columns with a unique `id` and a `position` that orders them, both texts. */
  rows(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown>;
  /** What stands above the rows, and the select of it: one row. */
  figures?: readonly ReportColumn[];
  sums?(scope: Scope, filters: ReportFilters, today: string): RawBuilder<unknown>;
  /** The same where it follows from the rows: columns over all of them, which are found once then. */
  totals?: RawBuilder<unknown>;
  /** The number that is drawn as a bar in each row. */
  drawn?: string;
  decision?: RowDecision;
}

/** What whoever holds the right V decides about a row, once. The id of such a row is a record's. */
export interface RowDecision {
  /** The column that names what was decided, empty until then. */
  column: string;
  /** Codes; their names are `<column>.<code>` in the labels. */
  options: readonly string[];
  /** One statement that writes it and answers the record's new version; no row when it is not possible (any more). */
  write(recordId: string, made: DecisionMade): RawBuilder<{ version: number }>;
}
export interface DecisionMade {
  decision: string;
  reason: string;
  accountId: string;
  personName: string;
  at: Date;
}
export type ReportFilters = Readonly<Partial<Record<string, string>>>;
