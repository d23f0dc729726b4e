import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { KnownUnit } from './types.ts';

/** Takes over what the single entry says of a unit. */
export async function keepUnit(db: Db | Trx, { code, name, kind, county, town }: KnownUnit): Promise<void> {
  const unit = { code, name, kind, county, town };
  await db
    .insertInto('unit')
    .values(unit)
    .onConflict((conflict) => conflict.column('code').doUpdateSet({ ...unit, seen_at: sql`now()` }))
    .execute();
}
