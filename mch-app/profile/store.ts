import type { Db } from '#db/mch/tables.ts';

/** The menu roles the account is reminded of by mail. */
export async function listOptIns(db: Db, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('mail_opt_in')
    .select('menu_role')
    .where('account_id', '=', accountId)
    .execute();
  return rows.map((row) => row.menu_role);
}

/** Reminds the account of these menu roles and of no other from now on. */
export async function replaceOptIns(
  db: Db,
  accountId: string,
  menuRoles: readonly string[],
  at: Date,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .deleteFrom('mail_opt_in')
      .where('account_id', '=', accountId)
      .$if(menuRoles.length > 0, (query) => query.where('menu_role', 'not in', menuRoles))
      .execute();
    if (menuRoles.length === 0) return;
    await trx
      .insertInto('mail_opt_in')
      .values(menuRoles.map((role) => ({ account_id: accountId, menu_role: role, opted_at: at })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}
