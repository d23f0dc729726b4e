import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Message, NewMessage } from './types.ts';

/** Keeps a message in the transaction of the deed it tells of; a second one of the same key is none. */
export async function keepMessage(trx: Trx, message: NewMessage): Promise<void> {
  await trx
    .insertInto('inbox_message')
    .values({
      dedupe_key: message.dedupeKey,
      account_id: message.accountId,
      subject: message.subject['zh-TW'],
      subject_en: message.subject.en,
      body: message.body['zh-TW'],
      body_en: message.body.en,
      path: message.path,
      received_at: message.at,
      read_at: null,
    })
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .execute();
}

/** How many messages of the account nobody has read; part of a statement. */
export const unreadOf = (accountId: string): RawBuilder<number> =>
  sql`(select count(*) from inbox_message where account_id = ${accountId} and read_at is null)`;

const ofAccount = (db: Db, accountId: string) =>
  db.selectFrom('inbox_message').selectAll().where('account_id', '=', accountId);

type Row = Awaited<ReturnType<ReturnType<typeof ofAccount>['executeTakeFirstOrThrow']>>;

const messageOf = (row: Row): Message => ({
  id: row.id,
  subject: { 'zh-TW': row.subject, en: row.subject_en },
  body: { 'zh-TW': row.body, en: row.body_en },
  path: row.path,
  at: row.received_at,
  isUnread: row.read_at === null,
});

/** The account's messages, the newest first. @param before only those older than this one */
export async function listMessages(
  db: Db,
  accountId: string,
  before: number | undefined,
  limit: number,
): Promise<Message[]> {
  let query = ofAccount(db, accountId);
  if (before !== undefined) query = query.where('id', '<', before);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(messageOf);
}

/** One message of the account, read from `now` on where there is one; undefined when it has none of that id. */
export async function openMessage(
  db: Db,
  accountId: string,
  id: number,
  now: Date | undefined,
): Promise<Message | undefined> {
  const row = await ofAccount(db, accountId).where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  if (now && row.read_at === null) await markRead(db, accountId, { first: id, last: id }, now);
  return messageOf(row);
}

/** Marks the account's messages from `first` to `last` as read. */
export async function markRead(
  db: Db,
  accountId: string,
  { first, last }: { first: number; last: number },
  now: Date,
): Promise<void> {
  await db
    .updateTable('inbox_message')
    .set({ read_at: now })
    .where('account_id', '=', accountId)
    .where('id', '>=', first)
    .where('id', '<=', last)
    .where('read_at', 'is', null)
    .execute();
}
