import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Message, NewMessage } from './types.ts';

/** Writes a message unless one of its key was written before. @returns whether it is new */
export async function insertMessage(trx: Trx, message: NewMessage): Promise<boolean> {
  const { accountId, subsystemCode, sender, subject, body, link, dedupeKey } = message;
  const result = await trx
    .insertInto('message')
    .values({
      account_id: accountId,
      subsystem_code: subsystemCode ?? null,
      sender_zh: sender['zh-TW'],
      sender_en: sender.en,
      subject_zh: subject['zh-TW'],
      subject_en: subject.en,
      body_zh: body['zh-TW'],
      body_en: body.en,
      link: link ?? null,
      dedupe_key: dedupeKey,
      read_at: null,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'subsystem_code', 'dedupe_key']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

function messagesOf(db: Db | Trx, accountId: string) {
  return db.selectFrom('message').selectAll().where('account_id', '=', accountId);
}

type Row = Awaited<ReturnType<ReturnType<typeof messagesOf>['executeTakeFirstOrThrow']>>;

function messageOf(row: Row): Message {
  return {
    id: row.id,
    subsystemCode: row.subsystem_code,
    sender: { 'zh-TW': row.sender_zh, en: row.sender_en },
    subject: { 'zh-TW': row.subject_zh, en: row.subject_en },
    body: { 'zh-TW': row.body_zh, en: row.body_en },
    link: row.link,
    receivedAt: row.received_at,
    readAt: row.read_at,
  };
}

/**
 * The person's messages, newest first.
 * @param before only those older than this one
 */
export async function listMessages(
  db: Db,
  accountId: string,
  before: number | undefined,
  limit: number,
): Promise<Message[]> {
  let query = messagesOf(db, accountId);
  if (before !== undefined) query = query.where('id', '<', before);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(messageOf);
}

/** One of the person's messages, read from now on. @returns undefined when it is not theirs */
export async function openMessage(
  db: Db,
  accountId: string,
  id: number,
): Promise<{ message: Message; wasUnread: boolean } | undefined> {
  const row = await messagesOf(db, accountId).where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  if (row.read_at === null) await markRead(db, accountId, id, id);
  return { message: messageOf(row), wasUnread: row.read_at === null };
}

/** Marks the person's messages from `first` to `last` as read. @returns how many were not */
export async function markRead(db: Db, accountId: string, first: number, last: number): Promise<number> {
  const result = await db
    .updateTable('message')
    .set({ read_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '>=', first)
    .where('id', '<=', last)
    .where('read_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

export async function countUnread(db: Db, accountId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select ${unreadMessages(accountId)} as count`.execute(db);
  return rows[0]?.count ?? 0;
}

/** How many messages the person has not read; part of a query. */
export function unreadMessages(accountId: string): RawBuilder<number> {
  return sql<number>`(select count(*) from message where account_id = ${accountId}::uuid and read_at is null)`;
}
