import type { Db } from '#db/idp/tables.ts';

const MOST = 20;

export interface SavedFilter {
  name: string;
  query: string;
}

/** The filters the person keeps for one list, by name. */
export async function listSavedFilters(db: Db, accountId: string, list: string): Promise<SavedFilter[]> {
  return db
    .selectFrom('saved_filter')
    .select(['name', 'query'])
    .where('account_id', '=', accountId)
    .where('list', '=', list)
    .orderBy('name')
    .limit(MOST)
    .execute();
}

/** Keeps a filter; one of the same name is replaced. @returns false when the person keeps too many already */
export async function saveFilter(
  db: Db,
  accountId: string,
  list: string,
  filter: SavedFilter,
): Promise<boolean> {
  const kept = await listSavedFilters(db, accountId, list);
  if (kept.length >= MOST && !kept.some(({ name }) => name === filter.name)) return false;
  await db
    .insertInto('saved_filter')
    .values({ account_id: accountId, list, ...filter })
    .onConflict((on) => on.columns(['account_id', 'list', 'name']).doUpdateSet({ query: filter.query }))
    .execute();
  return true;
}

export async function removeFilter(db: Db, accountId: string, list: string, name: string): Promise<void> {
  await db
    .deleteFrom('saved_filter')
    .where('account_id', '=', accountId)
    .where('list', '=', list)
    .where('name', '=', name)
    .execute();
}
