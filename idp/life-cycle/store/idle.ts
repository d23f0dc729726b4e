import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { IdleAccount } from '../types.ts';

// milliseconds, so that the moment survives the way through JavaScript
const IDLE_SINCE = sql<Date>`date_trunc('milliseconds',
  greatest(sa.created_at, sa.status_changed_at, b.bound_at, b.last_used_at))`;

/** Whether this transaction may look after idle accounts: one at a time does, on whatever replica. */
export async function lockIdleWork(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('idle accounts')) as mine`.execute(trx);
  return rows[0]?.mine === true;
}

/** Active accounts unused for `days` or more, in order of their ids from `afterId` on; at most `limit`. */
export async function lockIdleAccounts(
  trx: Trx,
  { days, afterId, limit }: { days: number; afterId: string; limit: number },
): Promise<{ now: Date; accounts: IdleAccount[] }> {
  const rows = await trx
    .selectFrom('subsystem_account as sa')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.id', 'sa.subsystem_code as subsystemCode', 'sa.unit_code as unitCode'])
    .select(IDLE_SINCE.as('idleSince'))
    .select(
      sql<string | null>`coalesce(sa.account_id, (select a.id from account a
        where a.national_id_index = sa.national_id_index and a.status = 'active'
          and a.national_id_declared_at is null
        order by a.created_at limit 1))`.as('ownerId'),
    )
    .where('sa.status', '=', 'active')
    .where('sa.id', '>', afterId)
    .where(IDLE_SINCE, '<=', sql<Date>`now() - make_interval(days => ${days}::integer)`)
    .orderBy('sa.id')
    .limit(limit)
    .forUpdate('sa')
    .execute();
  const notices = await trx
    .selectFrom('idle_notice')
    .select(['subsystem_account_id as id', 'idle_since as idleSince'])
    .select(['days_left as daysLeft', 'sent_at as sentAt'])
    .where('subsystem_account_id', 'in', rows.length > 0 ? rows.map((row) => row.id) : [''])
    .execute();
  const { now } = await trx.selectNoFrom(sql<Date>`now()`.as('now')).executeTakeFirstOrThrow();
  const accounts = rows.map((row) => ({
    ...row,
    notices: notices.filter(
      (notice) => notice.id === row.id && notice.idleSince.getTime() === row.idleSince.getTime(),
    ),
  }));
  return { now, accounts };
}

/** @returns false when the warning was given before */
export async function insertNotice(
  trx: Trx,
  notice: { id: string; idleSince: Date; daysLeft: number },
): Promise<boolean> {
  const result = await trx
    .insertInto('idle_notice')
    .values({ subsystem_account_id: notice.id, idle_since: notice.idleSince, days_left: notice.daysLeft })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** SM-11: the accounts waiting to be reinstated, longest first. */
export function listSuspended(db: Db) {
  return db
    .selectFrom('subsystem_account as sa')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'sa.id')
    .select(['sa.unit_code as unitCode', 'sa.id', 'sa.suspended_because as because'])
    .select(['sa.status_changed_at as suspendedAt', 'b.last_used_at as lastUsedAt'])
    .where('sa.status', '=', 'suspended')
    .orderBy('sa.status_changed_at')
    .execute();
}

/** SM-12: active entry accounts nobody signed in with for `days` or more, by unit. */
export function listIdleEntries(db: Db, days: number) {
  return db
    .selectFrom('account')
    .select(['unit_code as unitCode', 'login_name as loginName', 'last_sign_in_at as lastSignInAt'])
    .where('status', '=', 'active')
    .where(
      sql<Date>`coalesce(last_sign_in_at, created_at)`,
      '<=',
      sql<Date>`now() - make_interval(days => ${days}::integer)`,
    )
    .orderBy('unit_code')
    .orderBy('login_name')
    .execute();
}
