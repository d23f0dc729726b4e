import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { KnownUnit } from './types.ts';

const COLUMNS = ['code', 'name', 'kind', 'county', 'town'] as const;

/** Takes over what the single entry says of a unit. */
export async function keepUnit(db: Db | Trx, { code, name, kind, county, town }: KnownUnit): Promise<void> {
  const unit = { code, name, kind, county, town };
  await db
    .insertInto('unit')
    .values(unit)
    .onConflict((conflict) => conflict.column('code').doUpdateSet({ ...unit, seen_at: sql`now()` }))
    .execute();
}

export async function findUnit(db: Db | Trx, code: string): Promise<KnownUnit | undefined> {
  return db.selectFrom('unit').select(COLUMNS).where('code', '=', code).executeTakeFirst();
}

/** At most twenty units whose code begins with, or whose name contains, the text; of some kinds when told. */
export async function searchUnits(db: Db, text: string, kinds: readonly string[] = []): Promise<KnownUnit[]> {
  let query = db
    .selectFrom('unit')
    .select(COLUMNS)
    .where((where) =>
      where.or([
        where(sql`starts_with(code, ${text})`, '=', true),
        where(sql`strpos(name, ${text})`, '>', 0),
      ]),
    )
    .orderBy('code')
    .limit(20);
  if (kinds.length > 0) query = query.where('kind', 'in', [...kinds]);
  return query.execute();
}
