import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

/**
 * Counts one call of the caller's in this minute of the database's clock.
 * @returns how many there were, this one included, and how many seconds the minute still has
 */
export async function countCall(db: Db, caller: string): Promise<{ calls: number; secondsLeft: number }> {
  const { rows } = await sql<{ calls: number; seconds_left: number }>`
    with gone as (
      delete from api_call_count where client_id = ${caller} and minute < now() - interval '10 minutes'
    )
    insert into api_call_count (client_id, minute, calls)
    values (${caller}, date_trunc('minute', now()), 1)
    on conflict (client_id, minute) do update set calls = api_call_count.calls + 1
    returning calls, ceil(extract(epoch from minute + interval '1 minute' - now()))::integer as seconds_left`.execute(
    db,
  );
  return { calls: rows[0]?.calls ?? 0, secondsLeft: Math.max(1, rows[0]?.seconds_left ?? 1) };
}
