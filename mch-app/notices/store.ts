import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { DueNotice, NewNotice } from './types.ts';

/** Queues a message with the deed it tells of; a second one of the same key is none. */
export async function insertNotice(trx: Trx, notice: NewNotice & { link: string; at: Date }): Promise<void> {
  await trx
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
    })
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .execute();
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
