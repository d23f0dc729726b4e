import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** The menu roles that living accounts of the unit hold, by subsystem. */
export async function listHeldMenuRoles(db: Db | Trx, unitCode: string): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ subsystem: string; held: string[] }>`
    select subsystem_code as subsystem, array_agg(distinct held) as held
    from subsystem_account, unnest(menu_roles) held
    where unit_code = ${unitCode} and status <> 'disabled' group by subsystem_code`.execute(db);
  return new Map(rows.map(({ subsystem, held }) => [subsystem, held]));
}

/**
 * Gives one unit's rights at subsystems to the other: further managers are added, and entitlements where the other has
 * any of its own (without, it may give everything of its kind already).
 */
export async function moveRights(trx: Trx, from: string, into: string): Promise<void> {
  await sql`
    insert into unit_entitlement (unit_code, subsystem_code, menu_role, valid_from, valid_to, approval_no, basis)
    select ${into}, e.subsystem_code, e.menu_role, e.valid_from, e.valid_to, e.approval_no, e.basis
    from unit_entitlement e
    where e.unit_code = ${from} and exists (select from unit_entitlement own
      where own.unit_code = ${into} and own.subsystem_code = e.subsystem_code)
    on conflict (unit_code, subsystem_code, menu_role, valid_from) do update
      set valid_to = case when unit_entitlement.valid_to is null or excluded.valid_to is null then null
        else greatest(unit_entitlement.valid_to, excluded.valid_to) end`.execute(trx);
  await sql`
    insert into manager_quota (unit_code, subsystem_code, extra)
    select ${into}, subsystem_code, extra from manager_quota where unit_code = ${from} and extra > 0
    on conflict (unit_code, subsystem_code) do update set extra = manager_quota.extra + excluded.extra`.execute(
    trx,
  );
  await trx.deleteFrom('manager_quota').where('unit_code', '=', from).execute();
}
