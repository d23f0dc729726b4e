import type { Db, Trx } from '#db/idp/tables.ts';

/** The kind of an open unit. */
export async function findUnitKind(trx: Trx, code: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('unit')
    .select('kind')
    .where('code', '=', code)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return row?.kind;
}

/** Whether the subsystem has such an account. */
export async function findOwnAccount(trx: Trx, subsystemCode: string, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('subsystem_account')
    .select('id')
    .where('id', '=', id)
    .where('subsystem_code', '=', subsystemCode)
    .executeTakeFirst();
  return row !== undefined;
}

/** Units in the order of their codes, closed ones too; those changed at or after `since` where it is given. */
export async function listChangedUnits(
  db: Db,
  { since, after }: { since: Date | undefined; after: string | undefined },
  limit: number,
) {
  let query = db
    .selectFrom('unit')
    .select(['code', 'name', 'name_en', 'kind', 'county', 'town', 'status', 'changed_at'])
    .orderBy('code')
    .limit(limit);
  if (since !== undefined) query = query.where('changed_at', '>=', since);
  if (after !== undefined) query = query.where('code', '>', after);
  return query.execute();
}
