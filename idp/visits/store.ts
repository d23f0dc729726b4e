import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

export interface VisitTotals {
  total: number;
  today: number;
}

/** Adds the counts, by day, in one statement. */
export async function addVisits(db: Db, counts: Map<string, number>): Promise<void> {
  await sql`
    insert into visit_day (day, visits)
    select * from unnest(${[...counts.keys()]}::date[], ${[...counts.values()]}::bigint[])
    on conflict (day) do update set visits = visit_day.visits + excluded.visits`.execute(db);
}

export async function readTotals(db: Db, day: string): Promise<VisitTotals> {
  const result = await sql<VisitTotals>`
    select coalesce(sum(visits), 0)::bigint as total,
      coalesce(sum(visits) filter (where day = ${day}::date), 0)::bigint as today
    from visit_day`.execute(db);
  return result.rows[0] ?? { total: 0, today: 0 };
}
