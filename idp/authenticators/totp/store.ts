import type { Db, Trx } from '#db/idp/tables.ts';

export async function saveTotp(
  db: Db | Trx,
  credential: { accountId: string; secretSealed: Buffer; at: Date },
): Promise<void> {
  const changes = { secret_sealed: credential.secretSealed, last_used_step: 0, enrolled_at: credential.at };
  await db
    .insertInto('totp_credential')
    .values({ account_id: credential.accountId, ...changes })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(changes))
    .execute();
}

export async function findTotpSecret(db: Db | Trx, accountId: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('totp_credential')
    .select('secret_sealed')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.secret_sealed;
}

/** Uses up every step to `step`. @returns false when it was used already: of two at once, one wins */
export async function consumeTotpStep(db: Db | Trx, accountId: string, step: number): Promise<boolean> {
  const result = await db
    .updateTable('totp_credential')
    .set({ last_used_step: step })
    .where('account_id', '=', accountId)
    .where('last_used_step', '<', step)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function listTotpSecrets(
  db: Db,
): Promise<{ accountId: string; loginName: string; name: string; secretSealed: Buffer }[]> {
  return db
    .selectFrom('totp_credential')
    .innerJoin('account', 'account.id', 'totp_credential.account_id')
    .select(['account.id as accountId', 'login_name as loginName', 'name', 'secret_sealed as secretSealed'])
    .orderBy('login_name')
    .execute();
}
