import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { WorkingCalendar } from './policy.ts';

/** The days near `now` that are not as their weekday says. */
export async function loadCalendar(db: Db | Trx, now: Date): Promise<WorkingCalendar> {
  const rows = await db
    .selectFrom('holiday')
    .select([sql<string>`to_char(day, 'YYYY-MM-DD')`.as('name'), 'works'])
    .where('day', '>', sql<Date>`(${now}::timestamptz - interval '120 days')::date`)
    .where('day', '<', sql<Date>`(${now}::timestamptz + interval '120 days')::date`)
    .execute();
  const named = (working: boolean) =>
    new Set(rows.filter((row) => row.works === working).map(({ name }) => name));
  return { off: named(false), worked: named(true) };
}

/** Takes days into the table in place of what it said of them. */
export async function saveDays(db: Db, days: { day: string; works: boolean }[]): Promise<void> {
  await db
    .insertInto('holiday')
    .values(days)
    .onConflict((on) => on.column('day').doUpdateSet((row) => ({ works: row.ref('excluded.works') })))
    .execute();
}
