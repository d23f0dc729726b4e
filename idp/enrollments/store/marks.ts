import { type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** Since when it is the reviewers' turn, and what was done about their waiting. */
export async function findMarks(
  db: Db,
  id: string,
): Promise<{ waitingSince: Date; remindedAt: Date | null; escalatedAt: Date | null }> {
  const row = await db
    .selectFrom('enrollment')
    .select(['waiting_since', 'updated_at', 'reminded_at', 'escalated_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return {
    waitingSince: row.waiting_since ?? row.updated_at,
    remindedAt: row.reminded_at,
    escalatedAt: row.escalated_at,
  };
}

/** Applications whose reviewers have had their turn since before `since`, not yet marked; held by this transaction. */
export async function lockWaitingSince(
  trx: Trx,
  mark: 'reminded' | 'escalated',
  since: Date,
  limit: number,
): Promise<string[]> {
  const rows = await trx
    .selectFrom('enrollment')
    .select('id')
    .where(sql<SqlBool>`status in ('pending_unit_review', 'pending_paper') and escalated_at is null`)
    .where(sql<SqlBool>`(paper is null or paper in ('uploaded', 'reviewing'))`)
    .where(sql<SqlBool>`coalesce(waiting_since, updated_at) < ${since}`)
    .where(sql.ref(mark === 'reminded' ? 'reminded_at' : 'escalated_at'), 'is', null)
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(({ id }) => id);
}

/** Once escalated there is nothing left to remind of. */
export async function markEnrollment(
  trx: Trx,
  id: string,
  mark: 'reminded' | 'escalated',
  at: Date,
): Promise<void> {
  await trx
    .updateTable('enrollment')
    .set(mark === 'reminded' ? { reminded_at: at } : { escalated_at: at })
    .where('id', '=', id)
    .execute();
}
