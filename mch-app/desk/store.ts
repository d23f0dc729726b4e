import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import { MOST_FAVOURITES } from './policy.ts';

/** Whether the person works in a wide window; part of a statement. */
export const wideOf = (sub: string): RawBuilder<boolean> =>
  sql`coalesce((select wide_window from preference where sub = ${sub}), false)`;

/** The account's favourites, the oldest first; part of a statement. */
export const favouritesOf = (accountId: string): RawBuilder<string[]> =>
  sql`array(select path from favourite where account_id = ${accountId} order by added_at, path)`;

export async function saveWide(db: Db, sub: string, isWide: boolean, at: Date): Promise<void> {
  const wish = { wide_window: isWide, updated_at: at };
  await db
    .insertInto('preference')
    .values({ sub, ...wish })
    .onConflict((conflict) => conflict.column('sub').doUpdateSet(wish))
    .execute();
}

/** Keeps a favourite. @returns false when there are too many already */
export async function addFavourite(db: Db, accountId: string, path: string, at: Date): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('favourite'), hashtext(${accountId}))`.execute(trx);
    const kept = await trx
      .selectFrom('favourite')
      .select('path')
      .where('account_id', '=', accountId)
      .execute();
    if (kept.some((one) => one.path === path)) return true;
    if (kept.length >= MOST_FAVOURITES) return false;
    await trx.insertInto('favourite').values({ account_id: accountId, path, added_at: at }).execute();
    return true;
  });
}

export async function removeFavourite(db: Db, accountId: string, path: string): Promise<void> {
  await db.deleteFrom('favourite').where('account_id', '=', accountId).where('path', '=', path).execute();
}
