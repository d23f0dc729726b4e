import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';

export interface UnitEvent {
  at: Date;
  type: string;
  /** Who did it. */
  name: string | null;
  fields: string[];
  reason: string;
}

/** What was done to the unit, newest first: one by one in the console, and by imports of the register. */
export async function listUnitEvents(db: Db, code: string, limit: number): Promise<UnitEvent[]> {
  const deeds = sql<UnitEvent>`
    (select e.at, e.type, a.name, coalesce(array(select jsonb_array_elements_text(e.details->'fields')), '{}') as fields,
      coalesce(e.details->>'reason', '') as reason
    from audit_event e left join account a on a.id = e.actor_account_id
    where e.details ? 'target' and e.details->>'target' = ${`unit:${code}`} and e.type like 'unit.%' order by e.at desc limit ${limit})`;
  const imports = sql<UnitEvent>`
    (select i.decided_at as at, 'unit_import.' || r.verdict as type, a.name,
      coalesce(array(select jsonb_object_keys(r.changes)), '{}') as fields, i.reason
    from unit_import_row r join unit_import i on i.id = r.import_id left join account a on a.id = i.decided_by
    where r.code = ${code} and r.outcome = 'done' and i.decided_at is not null)`;
  const { rows } =
    await sql<UnitEvent>`${deeds} union all ${imports} order by at desc limit ${limit}`.execute(db);
  return rows;
}
