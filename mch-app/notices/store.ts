import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import { keepMessage } from '../inbox/index.ts';
import type { DueNotice, NewNotice, Reminder } from './types.ts';

/**
 * Queues a message with the deed it tells of; a second one of the same key is none.
 * @param here whether the account finds it among its messages in this system as well
 * @returns whether it is new
 */
export async function insertNotice(
  trx: Trx,
  notice: NewNotice & { link: string; at: Date },
  here: 'kept' | 'passed_on' = 'passed_on',
): Promise<boolean> {
  if (here === 'kept') await keepMessage(trx, notice);
  const result = await trx
    .insertInto('inbox_notice')
    .values({
      dedupe_key: notice.dedupeKey,
      account_id: notice.accountId,
      subject: notice.subject['zh-TW'],
      subject_en: notice.subject.en,
      body: notice.body['zh-TW'],
      body_en: notice.body.en,
      link: notice.link,
      created_at: notice.at,
      due_at: notice.at,
      outcome: null,
      ended_at: null,
      reminder: notice.reminder === undefined ? null : JSON.stringify(notice.reminder),
    })
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Takes at most `limit` due messages until `until`: another replica takes others. */
export async function takeDue(db: Db, now: Date, until: Date, limit: number): Promise<DueNotice[]> {
  const rows = await db
    .updateTable('inbox_notice')
    .set({ due_at: until, attempts: sql<number>`attempts + 1` })
    .where('id', 'in', (query) =>
      query
        .selectFrom('inbox_notice')
        .select('id')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows.map((row) => ({
    id: row.id,
    dedupeKey: row.dedupe_key,
    accountId: row.account_id,
    subject: { 'zh-TW': row.subject, en: row.subject_en },
    body: { 'zh-TW': row.body, en: row.body_en },
    link: row.link,
    attempts: row.attempts,
    createdAt: row.created_at,
    reminder: (row.reminder ?? undefined) as Reminder | undefined,
  }));
}

export async function settle(
  db: Db,
  id: number,
  to: { dueAt: Date } | { outcome: 'sent' | 'refused' | 'given_up'; at: Date },
): Promise<void> {
  await db
    .updateTable('inbox_notice')
    .set('dueAt' in to ? { due_at: to.dueAt } : { due_at: null, outcome: to.outcome, ended_at: to.at })
    .where('id', '=', id)
    .execute();
}

/** What was written to the account by mail, the newest first. */
export async function listReminders(
  db: Db,
  accountId: string,
  limit: number,
): Promise<{ at: Date; lines: Reminder['lines']; outcome: 'sent' | 'refused' | 'given_up' | null }[]> {
  const rows = await db
    .selectFrom('inbox_notice')
    .select(['created_at', 'reminder', 'outcome'])
    .where('account_id', '=', accountId)
    .where('reminder', 'is not', null)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    at: row.created_at,
    lines: (row.reminder as Reminder).lines,
    outcome: row.outcome,
  }));
}
