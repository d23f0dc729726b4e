import type { Db, Trx } from '#db/idp/tables.ts';

export interface Holder {
  id: string;
  loginName: string;
  name: string;
  email: string;
  hash: string;
  changedAt: Date;
  mustChange: boolean;
}

/** A person with the password in force. */
export async function findHolder(db: Db, accountId: string): Promise<Holder | undefined> {
  return db
    .selectFrom('account')
    .innerJoin('password_credential as password', 'password.account_id', 'account.id')
    .select(['account.id', 'account.login_name as loginName', 'account.name', 'account.email'])
    .select(['password.hash', 'password.changed_at as changedAt', 'password.must_change as mustChange'])
    .where('account.id', '=', accountId)
    .executeTakeFirst();
}

export type Owner = Pick<Holder, 'id' | 'loginName' | 'name' | 'email' | 'changedAt'>;

/** Active people whose password was last changed in this span, by id from `afterId` on; at most `limit`. */
export async function listAgedPasswords(
  trx: Trx,
  span: { since: Date; before: Date },
  { afterId, limit }: { afterId: string; limit: number },
): Promise<Owner[]> {
  return trx
    .selectFrom('account')
    .innerJoin('password_credential as password', 'password.account_id', 'account.id')
    .select(['account.id', 'account.login_name as loginName', 'account.name', 'account.email'])
    .select('password.changed_at as changedAt')
    .where('account.status', '=', 'active')
    .where('password.changed_at', '>=', span.since)
    .where('password.changed_at', '<', span.before)
    .where('account.id', '>', afterId)
    .orderBy('account.id')
    .limit(limit)
    .execute();
}
