import { type Expression, type SqlBool, sql } from 'kysely';

const LAST = '\u{10FFFF}';

/**
 * Rows whose text begins with `text`, as a range that an index on `(column collate "C")` answers under any plan;
 * `like` would need to know the text when it is planned. `column` is a name or an expression.
 */
export function startsWith(column: string | Expression<string>, text: string): Expression<SqlBool> {
  const value = typeof column === 'string' ? sql.ref(column) : column;
  return sql<SqlBool>`(${value} collate "C" >= ${text} and ${value} collate "C" < ${text + LAST})`;
}
