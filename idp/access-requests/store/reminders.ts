import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';

/**
 * Requests whose step waits since before `late` and was not reminded of, or since before `overdue` and was not yet
 * passed on; held by this transaction.
 */
export async function lockUnreminded(
  trx: Trx,
  late: Date,
  overdue: Date,
  limit: number,
): Promise<{ id: string; since: Date }[]> {
  const { rows } = await sql<{ id: string; since: Date }>`
    with waiting as (
      select r.id, concat_ws(':', r.round, r.step, r.level) as turn, r.reminded_for,
        (select coalesce(max(e.at), r.created_at) from subsystem_request_event e where e.request_id = r.id) as since
      from subsystem_request r
      where r.status = 'submitted' and r.waits_for is not null
    )
    select r.id, w.since from waiting w join subsystem_request r on r.id = w.id
    where (w.since < ${late} and w.reminded_for is distinct from w.turn
        and w.reminded_for is distinct from w.turn || ':far')
      or (w.since < ${overdue} and w.reminded_for is distinct from w.turn || ':far')
    limit ${limit} for update of r skip locked`.execute(trx);
  return rows;
}

export async function markReminded(trx: Trx, id: string, turn: string): Promise<void> {
  await sql`update subsystem_request set reminded_for = ${turn} where id = ${id}`.execute(trx);
}
