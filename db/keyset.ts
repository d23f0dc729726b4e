import { type Expression, type SqlBool, sql } from 'kysely';

/** Where a page begins: the last row of the page before, in the order of the list. */
export interface KeysetPage {
  descending: boolean;
  after?: { value: string; id: string };
}

/**
 * Rows after the page's beginning. `sort` and `id` name columns that are never null, together unique; the values
 * stand as PostgreSQL wrote them (`::text`), so that nothing is lost of a time stamp.
 */
export function keysetAfter(
  sort: string,
  id: string,
  { after, descending }: KeysetPage,
): Expression<SqlBool> {
  if (!after) return sql<SqlBool>`true`;
  const row = sql`(${sql.ref(sort)}, ${sql.ref(id)})`;
  const start = sql`(${after.value}, ${after.id})`;
  return descending ? sql<SqlBool>`${row} < ${start}` : sql<SqlBool>`${row} > ${start}`;
}

/** `order by sort, id` in the page's direction. */
export function keysetOrder(sort: string, id: string, { descending }: KeysetPage) {
  const direction = sql.raw(descending ? 'desc' : 'asc');
  return sql`${sql.ref(sort)} ${direction}, ${sql.ref(id)} ${direction}`;
}
