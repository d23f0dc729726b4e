import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

/**
 * Active subsystem accounts whose own password, or whose person's password, was locked `times` times in the last hours
 * and since they became active.
 */
export async function listRepeatedlyLocked(db: Db, times: number, withinHours: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with locks as materialized (
      select at, account_id, to_subsystem_account_id from audit_event
      where details @> '{"locks": true}' and at > now() - make_interval(hours => ${withinHours}::integer)
    )
    select sa.id from subsystem_account sa
    join locks l on l.at > coalesce(sa.status_changed_at, '-infinity')
      and (l.to_subsystem_account_id = sa.id
        or (l.to_subsystem_account_id is null and l.account_id = sa.account_id))
    where sa.status = 'active'
    group by sa.id having count(*) >= ${times} order by sa.id`.execute(db);
  return rows.map(({ id }) => id);
}
