import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { Reader } from '../types.ts';
import { isFor } from './read.ts';

/** Older ones are not new to anybody, whether seen or not. */
const NEWS_DAYS = 30;
const MOST = 99;

/** N17: how many announcements this person may read were published since they last looked, at most 99; part of a query. */
export function newAnnouncements(reader: Reader & { accountId: string }): RawBuilder<number> {
  return sql<number>`(select count(*) from (
      select from announcement a
      where a.kind = 'announcement' and ${isFor(reader)} and a.publish_from > greatest(
        ${reader.now}::timestamptz - make_interval(days => ${NEWS_DAYS}::integer),
        (select seen_at from announcement_seen where account_id = ${reader.accountId}::uuid))
      limit ${MOST}) newer)`;
}

/** This person has seen the list as it is at `now`. */
export async function markAnnouncementsSeen(db: Db, accountId: string, now: Date): Promise<void> {
  await db
    .insertInto('announcement_seen')
    .values({ account_id: accountId, seen_at: now })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ seen_at: now }))
    .execute();
}
