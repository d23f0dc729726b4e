import type { Db, Trx } from '#db/idp/tables.ts';

export async function replaceCodes(trx: Trx, accountId: string, digests: Buffer[], at: Date): Promise<void> {
  await deleteCodes(trx, accountId);
  const rows = digests.map((digest) => ({
    account_id: accountId,
    code_digest: digest,
    created_at: at,
    used_at: null,
  }));
  await trx.insertInto('recovery_code').values(rows).execute();
}

export async function deleteCodes(trx: Trx, accountId: string): Promise<void> {
  await trx.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
}

export async function consumeCode(db: Db, accountId: string, digests: Buffer[], at: Date): Promise<boolean> {
  const result = await db
    .updateTable('recovery_code')
    .set({ used_at: at })
    .where('account_id', '=', accountId)
    .where('code_digest', 'in', digests)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function countUnused(db: Db, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('recovery_code')
    .select((code) => code.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return row?.count ?? 0;
}
