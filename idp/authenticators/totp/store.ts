import type { Db, Trx } from '#db/idp/tables.ts';

export async function saveTotp(
  db: Db | Trx,
  credential: { accountId: string; secretSealed: Buffer; at: Date; usedStep?: number; name?: string },
): Promise<void> {
  const changes = {
    secret_sealed: credential.secretSealed,
    last_used_step: credential.usedStep ?? 0,
    enrolled_at: credential.at,
    name: credential.name ?? '',
  };
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
    .select([
      'account.id as accountId',
      'login_name as loginName',
      'account.name',
      'secret_sealed as secretSealed',
    ])
    .orderBy('login_name')
    .execute();
}

/** What its owner may know of it; a step is half a minute. */
export async function findTotp(
  db: Db | Trx,
  accountId: string,
): Promise<{ name: string; enrolledAt: Date; lastUsedStep: number } | undefined> {
  return db
    .selectFrom('totp_credential')
    .select(['name', 'enrolled_at as enrolledAt', 'last_used_step as lastUsedStep'])
    .where('account_id', '=', accountId)
    .executeTakeFirst();
}

export async function renameTotp(trx: Trx, accountId: string, name: string): Promise<void> {
  await trx.updateTable('totp_credential').set({ name }).where('account_id', '=', accountId).execute();
}

/** @returns false when there was none */
export async function deleteTotp(trx: Trx, accountId: string): Promise<boolean> {
  const result = await trx
    .deleteFrom('totp_credential')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}
