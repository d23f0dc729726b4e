import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** The hashes a person used lately, newest first, the present one leading. */
export async function listRecentHashes(db: Db | Trx, accountId: string, count: number): Promise<string[]> {
  const rows = await db
    .selectFrom('password_credential')
    .select(['hash', 'changed_at as at'])
    .where('account_id', '=', accountId)
    .unionAll((union) =>
      union
        .selectFrom('password_history')
        .select(['hash', 'retired_at as at'])
        .where('account_id', '=', accountId),
    )
    .orderBy('at', 'desc')
    .limit(count)
    .execute();
  return rows.map((row) => row.hash);
}

/** Puts `hash` in force and the one before into the history, of which the newest `keep` stay. */
export async function replacePassword(
  trx: Trx,
  credential: { accountId: string; hash: string; mustChange: boolean; at: Date },
  keep: number,
): Promise<void> {
  const { accountId, hash, mustChange, at } = credential;
  const previous = await trx
    .selectFrom('password_credential')
    .select('hash')
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst();
  const changes = { hash, changed_at: at, must_change: mustChange };
  await trx
    .insertInto('password_credential')
    .values({ account_id: accountId, ...changes })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(changes))
    .execute();
  if (!previous) return;
  await trx
    .insertInto('password_history')
    .values({ account_id: accountId, retired_at: at, hash: previous.hash })
    .onConflict((conflict) => conflict.columns(['account_id', 'retired_at']).doNothing())
    .execute();
  await trx
    .deleteFrom('password_history')
    .where('account_id', '=', accountId)
    .where('retired_at', 'not in', (kept) =>
      kept
        .selectFrom('password_history')
        .select('retired_at')
        .where('account_id', '=', accountId)
        .orderBy('retired_at', 'desc')
        .limit(keep),
    )
    .execute();
}

/**
 * Closes whatever link to choose a new password is open for the account: only the newest works, none outlives a
 * change of the password, nor one of the address it was sent to.
 */
export async function voidResetLinks(
  trx: Trx,
  accountId: string,
  why: 'superseded' | 'password_changed',
): Promise<void> {
  await trx
    .updateTable('password_reset')
    .set({ ended_at: sql<Date>`now()`, ended_by: why })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Replaces a hash by a costlier one of the same password, unless the password was changed meanwhile. */
export async function upgradeHash(db: Db | Trx, accountId: string, old: string, hash: string): Promise<void> {
  await db
    .updateTable('password_credential')
    .set({ hash })
    .where('account_id', '=', accountId)
    .where('hash', '=', old)
    .execute();
}

/** Makes the owner choose another password at the next sign-in. */
export async function requirePasswordChange(trx: Trx, accountId: string): Promise<void> {
  await trx
    .updateTable('password_credential')
    .set({ must_change: true })
    .where('account_id', '=', accountId)
    .execute();
}
