import type { Db } from '#db/idp/tables.ts';

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
