import { type Expression, type SqlBool, sql } from 'kysely';

/** Where a page begins: the last row of the page before, in the order of the list. */
export interface KeysetPage {
  descending: boolean;
  after?: { value: string; id: string };
}

/** A column by its name, or an expression such as a column in another collation. */
type Column = string | Expression<unknown>;

/**
 * Rows after the page's beginning. `sort` and `id` name columns that are never null, together unique; the values
 * stand as PostgreSQL wrote them (`::text`), so that nothing is lost of a time stamp.
 */
export function keysetAfter(
  sort: Column,
  id: string,
  { after, descending }: KeysetPage,
): Expression<SqlBool> {
  if (!after) return sql<SqlBool>`true`;
  const row = sql`(${columnOf(sort)}, ${sql.ref(id)})`;
  const start = sql`(${after.value}, ${after.id})`;
  return descending ? sql<SqlBool>`${row} < ${start}` : sql<SqlBool>`${row} > ${start}`;
}

/** `order by sort, id` in the page's direction. */
export function keysetOrder(sort: Column, id: string, { descending }: KeysetPage) {
  const direction = sql.raw(descending ? 'desc' : 'asc');
  return sql`${columnOf(sort)} ${direction}, ${sql.ref(id)} ${direction}`;
}

/** The column as it is compared byte by byte, whatever the database's own order: what `collate "C"` indexes hold. */
export function bytewise(column: string): Expression<string> {
  return sql<string>`${sql.ref(column)} collate "C"`;
}

function columnOf(column: Column): Expression<unknown> {
  return typeof column === 'string' ? sql.ref(column) : column;
}
