import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { MINUTE, after } from '#kit/clock.ts';

const TRIED_EVERY_MS = MINUTE;

/**
 * Clients whose chain ends within a tenth of its life, an hour at most, and that were not tried in this minute: those
 * that end first. They count as tried from now on.
 */
export async function claimEnding(db: Db, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ client_id: string }>`
    update federation_client set tried_at = ${now} where client_id in (
      select f.client_id from federation_client f join client c on c.client_id = f.client_id
      where f.ended_at is null and f.renews and c.status = 'active'
        and f.expires_at > ${now} and f.expires_at <= ${now}::timestamptz + interval '1 hour'
        and f.expires_at - (f.expires_at - f.registered_at) / 10 <= ${now}
        and (f.tried_at is null or f.tried_at <= ${after(now, -TRIED_EVERY_MS)})
      order by f.expires_at limit ${limit}
      for update of f skip locked)
    returning client_id`.execute(db);
  return rows.map((row) => row.client_id);
}

/** Why the last try came to nothing; undefined when it did not. */
export async function noteFailure(
  db: Db | Trx,
  clientId: string,
  failure: string | undefined,
  now: Date,
): Promise<void> {
  await db
    .updateTable('federation_client')
    .set({ failure: failure ?? null, failed_at: failure === undefined ? null : now })
    .where('client_id', '=', clientId)
    .execute();
}
