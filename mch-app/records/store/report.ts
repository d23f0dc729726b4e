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

/** A page of a report, in its own order. */
export async function listReport(
  db: Db,
  report: Report,
  asked: ReportAsked,
  page: Pick<ListRequest, 'after'>,
  limit: number,
): Promise<ReportLine[]> {
  const from = { descending: false, ...page };
  const { rows } = await sql<ReportLine>`select * from ${select(report, asked)}
    where ${keysetAfter('position', 'id', from)} order by ${keysetOrder('position', 'id', from)} limit ${sql.lit(limit)}`.execute(
    db,
  );
  return rows;
}

/** How many rows there are, looking no further than `upTo`. */
export async function countReport(db: Db, report: Report, asked: ReportAsked, upTo: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select 1 from ${select(report, asked)} limit ${sql.lit(upTo)}) counted`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** How many rows there are in all: part of a statement. */
export function countOfReport(report: Report, asked: ReportAsked): RawBuilder<number> {
  return sql<number>`(select count(*) from ${select(report, asked)})`;
}

/** The figures above the rows. */
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
