import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';

/** The one row of a select; empty when there is none. */
export async function askRow(db: Db | Trx, select: RawBuilder<unknown>): Promise<Record<string, unknown>> {
  const { rows } = await sql<Record<string, unknown>>`${select}`.execute(db);
  return rows[0] ?? {};
}
