import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { ListRequest } from '#kit/list.ts';
import type { DecisionMade, Report, ReportFilters, RowDecision, Scope } from '../types.ts';

export interface ReportLine {
  id: string;
  position: string;
  [column: string]: unknown;
}

export interface ReportAsked {
  scope: Scope;
  filters: ReportFilters;
  today: string;
}

const select = (report: Report, { scope, filters, today }: ReportAsked): RawBuilder<unknown> =>
  sql`(${report.rows(scope, filters, today)}) as report_rows`;

export interface ReportPage {
  rows: ReportLine[];
  /** Of how many in all. */
  count: number;
  /** What follows from all of them. */
  totals: Record<string, unknown>;
}

/** A page of a report, in its own order, and what is told of all rows: they are all found anyhow, to be sorted. */
export async function listReport(
  db: Db,
  report: Report,
  asked: ReportAsked,
  page: Pick<ListRequest, 'after'>,
  limit: number,
): Promise<ReportPage> {
  const from = { descending: false, ...page };
  const { rows } = await sql<ReportLine & { row_count: number; row_totals: Record<string, unknown> | null }>`
    with report_rows as materialized (select * from ${select(report, asked)}),
    page as (select * from report_rows where ${keysetAfter('position', 'id', from)}
      order by ${keysetOrder('position', 'id', from)} limit ${sql.lit(limit)}),
    told as (select (select count(*) from report_rows) as row_count, ${report.totals ? sql`to_json(total)` : sql`null::json`} as row_totals
      from (select ${report.totals ? sql`${report.totals} from report_rows` : sql`1`}) total)
    select * from told left join page on true order by ${keysetOrder('position', 'id', from)}`.execute(db);
  const { row_count: count = 0, row_totals: totals } = rows[0] ?? {};
  return { rows: rows.filter(({ id }) => id !== null), count, totals: totals ?? {} };
}

/** How many rows there are in all: part of a statement. */
export function countOfReport(report: Report, asked: ReportAsked): RawBuilder<number> {
  return sql<number>`(select count(*) from ${select(report, asked)})`;
}

/** The figures above the rows that do not follow from them. */
export async function readFigures(
  db: Db,
  report: Report,
  { scope, filters, today }: ReportAsked,
): Promise<Record<string, unknown>> {
  if (!report.sums) return {};
  const { rows } = await sql<Record<string, unknown>>`${report.sums(scope, filters, today)}`.execute(db);
  return rows[0] ?? {};
}

/** One row of a report, by its id. */
export async function findReportRow(
  db: Db | Trx,
  report: Report,
  asked: ReportAsked,
  id: string,
): Promise<ReportLine | undefined> {
  const { rows } = await sql<ReportLine>`select * from ${select(report, asked)} where id = ${id}`.execute(db);
  return rows[0];
}

/** Whoever decides about a person's records waits for whoever does so already. @returns whether there is such a record */
export async function lockRow(trx: Trx, recordId: string): Promise<boolean> {
  const { rows } = await sql`select p.id from record r join patient p on p.id = r.patient_id
    where r.id = ${recordId} for update of r, p`.execute(trx);
  return rows.length > 0;
}

/** Writes what was decided. @returns the record's new version; undefined when it was not possible */
export async function writeDecision(
  trx: Trx,
  decision: RowDecision,
  recordId: string,
  made: DecisionMade,
): Promise<number | undefined> {
  const { rows } = await decision.write(recordId, made).execute(trx);
  return rows[0]?.version;
}
