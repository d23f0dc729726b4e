import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { OwnBinding, UnboundAccount } from '../types.ts';

/** Every binding of the person, in the order the portal shows them. */
export async function listOwnBindings(db: Db | Trx, accountId: string): Promise<OwnBinding[]> {
  const rows = await db
    .selectFrom('binding as b')
    .innerJoin('subsystem_account as sa', 'sa.id', 'b.subsystem_account_id')
    .innerJoin('subsystem as s', 's.code', 'sa.subsystem_code')
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .select(['sa.id', 'sa.subsystem_code as subsystemCode', 'b.name as binding', 'sa.role', 'sa.status'])
    .select(['s.status as subsystemStatus', 'b.favourite', 'b.last_used_at as lastUsedAt'])
    .select(['u.code as unitCode', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .where('b.account_id', '=', accountId)
    .where('sa.account_id', '=', accountId)
    .orderBy('b.favourite', 'desc')
    .orderBy('b.position', (at) => at.asc().nullsLast())
    .orderBy('b.last_used_at', (at) => at.desc().nullsLast())
    .orderBy('b.bound_at')
    .execute();
  return rows.map(({ subsystemStatus, lastUsedAt, ...row }) => ({
    ...row,
    status: subsystemStatus === 'active' ? row.status : 'unavailable',
    lastUsedAt: lastUsedAt ?? undefined,
  }));
}

export async function findOwnBinding(
  db: Db | Trx,
  accountId: string,
  id: string,
): Promise<OwnBinding | undefined> {
  return (await listOwnBindings(db, accountId)).find((binding) => binding.id === id);
}

/** Active accounts that are the person's already and are not bound. */
export async function listUnbound(db: Db, accountId: string): Promise<UnboundAccount[]> {
  return db
    .selectFrom('subsystem_account as sa')
    .innerJoin('subsystem as s', 's.code', 'sa.subsystem_code')
    .innerJoin('unit as u', 'u.code', 'sa.unit_code')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.id', 'sa.subsystem_code as subsystemCode'])
    .select(['u.code as unitCode', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .where('sa.account_id', '=', accountId)
    .where('sa.status', '=', 'active')
    .where('s.status', '=', 'active')
    .where('b.account_id', 'is', null)
    .orderBy('sa.id')
    .execute();
}

/** @returns false when the person has no such binding. @throws a unique violation when the name is taken */
export async function updateName(trx: Trx, accountId: string, id: string, name: string): Promise<boolean> {
  const result = await trx
    .updateTable('binding')
    .set({ name })
    .where('account_id', '=', accountId)
    .where('subsystem_account_id', '=', id)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Makes a binding a favourite, the last of them, or an ordinary one again. @returns whether there is one */
export async function setFavourite(
  db: Db | Trx,
  accountId: string,
  id: string,
  favourite: boolean,
): Promise<boolean> {
  const last = sql<number>`(select coalesce(max(position), 0) + 1 from binding where account_id = ${accountId})`;
  const result = await db
    .updateTable('binding')
    .set({ favourite, position: favourite ? last : null })
    .where('account_id', '=', accountId)
    .where('subsystem_account_id', '=', id)
    .where('favourite', '<>', favourite)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** The person's favourites in order, kept as they are until the transaction ends. */
export async function lockFavourites(trx: Trx, accountId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('binding')
    .select('subsystem_account_id as id')
    .where('account_id', '=', accountId)
    .where('favourite', '=', true)
    .orderBy('position')
    .forUpdate()
    .execute();
  return rows.map((row) => row.id);
}

export async function saveOrder(trx: Trx, accountId: string, ids: string[]): Promise<void> {
  await sql`
    update binding set position = wanted.place
    from unnest(${ids}::text[]) with ordinality as wanted (id, place)
    where binding.account_id = ${accountId} and binding.subsystem_account_id = wanted.id`.execute(trx);
}
