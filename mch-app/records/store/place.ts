import { type RawBuilder, sql } from 'kysely';
import type { ReportFilters } from '../types.ts';

/** Narrows the records `r` of units `u` to a report's county, township and institution (code, or part of its name). */
export function inPlace({ county, town, unit }: ReportFilters): RawBuilder<unknown> {
  const wanted = [sql`true`];
  if (county !== undefined) wanted.push(sql`r.county = ${county}`);
  if (town !== undefined) wanted.push(sql`r.town = ${town}`);
  if (unit !== undefined) wanted.push(sql`(r.unit_code = ${unit} or strpos(u.name, ${unit}) > 0)`);
  return sql`(${sql.join(wanted, sql` and `)})`;
}
