import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import { newAnnouncements } from '../announcements/index.ts';
import { unreadMessages } from '../messages/index.ts';
import { waitingRequests } from '../sign-in-requests/index.ts';

interface Waiting {
  messages: number;
  announcements: number;
  /** Sign-ins elsewhere that want approval. */
  requests: number;
}

/** What waits for the person, in one round trip. */
export async function countWaiting(db: Db, reader: { accountId: string; now: Date }): Promise<Waiting> {
  const { rows } = await sql<Waiting>`
    select ${unreadMessages(reader.accountId)} as messages, ${newAnnouncements(reader)} as announcements,
      ${waitingRequests(reader.accountId)} as requests`.execute(db);
  return rows[0] ?? { messages: 0, announcements: 0, requests: 0 };
}

export async function listSubsystemCodes(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('subsystem').select('code').execute();
  return rows.map(({ code }) => code);
}

export async function hasAnnouncements(db: Db): Promise<boolean> {
  return (await db.selectFrom('announcement').select('id').limit(1).executeTakeFirst()) !== undefined;
}

export async function saveKeptPage(
  db: Db,
  page: { accountId: string; sealed: Buffer; expiresAt: Date },
): Promise<void> {
  const changes = { content_sealed: page.sealed, expires_at: page.expiresAt };
  await db
    .insertInto('kept_page')
    .values({ account_id: page.accountId, ...changes })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(changes))
    .execute();
}

/** Takes the page away: of two at once, one has it. */
export async function takeKeptPage(db: Db, accountId: string, now: Date): Promise<Buffer | undefined> {
  const row = await db
    .deleteFrom('kept_page')
    .where('account_id', '=', accountId)
    .where('expires_at', '>', now)
    .returning('content_sealed')
    .executeTakeFirst();
  return row?.content_sealed;
}
