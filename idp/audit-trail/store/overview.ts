import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

/** Records and seals of each of the last days (in Taipei), newest first. */
export async function sealsByDay(
  db: Db,
  days: number,
): Promise<{ day: string; records: number; seals: number }[]> {
  const { rows } = await sql<{ day: string; records: number; seals: number }>`
    select to_char(day, 'YYYY-MM-DD') as day, coalesce(sum(s.records), 0)::int as records, count(s.number)::int as seals
    from generate_series((now() at time zone 'Asia/Taipei')::date - ${days - 1}::int,
      (now() at time zone 'Asia/Taipei')::date, interval '1 day') day
    left join audit_seal s on s.sealed_at >= day at time zone 'Asia/Taipei'
      and s.sealed_at < (day + interval '1 day') at time zone 'Asia/Taipei'
    group by day order by day desc`.execute(db);
  return rows;
}

/** The newest checkpoint, and the newest seals. */
export async function newestSeals(db: Db, limit: number) {
  return db
    .selectFrom('audit_seal as s')
    .leftJoin('audit_checkpoint as c', 'c.seal_number', 's.number')
    .select([
      's.number',
      's.records',
      's.first_id as firstId',
      's.last_id as lastId',
      's.sealed_at as sealedAt',
    ])
    .select([sql<string>`encode(s.hash, 'hex')`.as('hash'), 'c.signed_at as signedAt'])
    .orderBy('s.number', 'desc')
    .limit(limit)
    .execute();
}
