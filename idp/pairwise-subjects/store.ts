import type { Db } from '#db/idp/tables.ts';

export async function findSubject(db: Db, accountId: string, sector: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('pairwise_subject')
    .select('subject')
    .where('account_id', '=', accountId)
    .where('sector', '=', sector)
    .executeTakeFirst();
  return row?.subject;
}

/** @returns the subject that is there from now on: `subject`, or the one somebody else wrote first */
export async function storeSubject(
  db: Db,
  of: { accountId: string; sector: string; subject: string },
): Promise<string> {
  const row = await db
    .insertInto('pairwise_subject')
    .values({ account_id: of.accountId, sector: of.sector, subject: of.subject })
    // written though nothing changes, so that the row of whoever was first comes back
    .onConflict((on) => on.columns(['account_id', 'sector']).doUpdateSet({ sector: of.sector }))
    .returning('subject')
    .executeTakeFirstOrThrow();
  return row.subject;
}
