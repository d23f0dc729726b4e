import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Round } from '../types.ts';

/** Whether this transaction may look after the reviews: one at a time does, on whatever replica. */
export async function lockReviews(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('account reviews')) as mine`.execute(trx);
  return rows[0]?.mine === true;
}

/** Opens a round with every active account of every unit. @returns how many; undefined when it was open before */
export async function openRound(trx: Trx, period: string, dueAt: Date): Promise<number | undefined> {
  await sql`set local statement_timeout = '300s'`.execute(trx);
  const opened = await trx
    .insertInto('account_review')
    .values({ period, due_at: dueAt })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  if (opened.numInsertedOrUpdatedRows !== 1n) return undefined;
  const added = await trx
    .insertInto('account_review_item')
    .columns(['period', 'account_id', 'unit_code'])
    .expression(
      trx
        .selectFrom('account')
        .select([sql<string>`${period}::text`.as('period'), 'id', 'unit_code'])
        .where('status', '=', 'active')
        .where('role', 'in', ['user', 'unit_manager']),
    )
    .executeTakeFirst();
  return Number(added.numInsertedOrUpdatedRows);
}

/** Rounds not closed yet. */
export async function listOpenRounds(db: Db | Trx): Promise<Round[]> {
  return db
    .selectFrom('account_review')
    .select(['period', 'opened_at as openedAt', 'due_at as dueAt', 'closed_at as closedAt'])
    .where('closed_at', 'is', null)
    .orderBy('period')
    .execute();
}

/** The newest round. */
export async function findRound(db: Db): Promise<Round | undefined> {
  return db
    .selectFrom('account_review')
    .select(['period', 'opened_at as openedAt', 'due_at as dueAt', 'closed_at as closedAt'])
    .orderBy('period', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Accounts disabled meanwhile count as answered. @returns how many */
export async function settleDisabled(trx: Trx, period: string): Promise<number> {
  const result = await trx
    .updateTable('account_review_item as i')
    .from('account as a')
    .set({ state: 'disabled', decided_at: sql<Date>`now()` })
    .whereRef('a.id', '=', 'i.account_id')
    .where('i.period', '=', period)
    .where('i.state', '=', 'open')
    .where('a.status', '=', 'disabled')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Units with open accounts that were not reminded at this step yet; noted as reminded, at most `limit`. */
export async function takeReminders(
  trx: Trx,
  { period, daysLeft, limit }: { period: string; daysLeft: number; limit: number },
): Promise<{ unitCode: string; name: string; nameEn: string }[]> {
  const { rows } = await sql<{ unitCode: string; name: string; nameEn: string }>`
    with waiting as (
      select distinct unit_code from account_review_item i where i.period = ${period} and i.state = 'open'
        and not exists (select from account_review_reminder r
          where r.period = i.period and r.unit_code = i.unit_code and r.days_left <= ${daysLeft}::int)
      limit ${limit}
    ), noted as (
      insert into account_review_reminder (period, unit_code, days_left)
      select ${period}, unit_code, ${daysLeft}::int from waiting on conflict do nothing returning unit_code
    )
    select n.unit_code as "unitCode", u.name, u.name_en as "nameEn"
    from noted n join unit u on u.code = n.unit_code`.execute(trx);
  return rows;
}

/** Open accounts of a round, with the active subsystem accounts that are theirs. */
export async function listOverdue(
  db: Db,
  period: string,
  limit: number,
): Promise<{ accountId: string; subsystemAccounts: string[] }[]> {
  return db
    .selectFrom('account_review_item as i')
    .select('i.account_id as accountId')
    .select(
      sql<string[]>`array(select sa.id from subsystem_account sa
        where sa.account_id = i.account_id and sa.status = 'active' order by sa.id)`.as('subsystemAccounts'),
    )
    .where('i.period', '=', period)
    .where('i.state', '=', 'open')
    .orderBy('i.account_id')
    .limit(limit)
    .execute();
}

/** @returns false when it was answered meanwhile */
export async function markSuspended(trx: Trx, period: string, accountId: string): Promise<boolean> {
  const result = await trx
    .updateTable('account_review_item')
    .set({ state: 'suspended', decided_at: sql<Date>`now()` })
    .where('period', '=', period)
    .where('account_id', '=', accountId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** @returns false when it was closed already */
export async function closeRound(trx: Trx, period: string): Promise<boolean> {
  const result = await trx
    .updateTable('account_review')
    .set({ closed_at: sql<Date>`now()` })
    .where('period', '=', period)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
