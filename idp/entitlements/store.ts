import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Manifest } from '../subsystems/index.ts';
import type { ManagerQuota } from './policy.ts';

/** Menu roles by subsystem; a subsystem that is not there has no rows, so nothing narrows it. */
export type EntitledMenuRoles = ReadonlyMap<string, string[]>;

/** What the unit is entitled to on the day of `now` in Taipei, at each subsystem that has any row for it. */
export async function listEntitled(db: Db | Trx, unitCode: string, now: Date): Promise<EntitledMenuRoles> {
  const { rows } = await sql<{ subsystem: string; menuRoles: string[] }>`
    select subsystem_code as subsystem, coalesce(array_agg(menu_role) filter (
      where valid_from <= today.day and (valid_to is null or valid_to >= today.day)), '{}') as "menuRoles"
    from unit_entitlement, (select (${now}::timestamptz at time zone 'Asia/Taipei')::date as day) as today
    where unit_code = ${unitCode} group by subsystem_code`.execute(db);
  return new Map(rows.map(({ subsystem, menuRoles }) => [subsystem, menuRoles]));
}

type QuotaOf = { unitCode: string; manifest: Pick<Manifest, 'code' | 'roles' | 'managerQuota'> };

/** The unit's managers at a subsystem, suspended ones counted since they may come back, and their limit. */
export async function readManagerQuota(db: Db | Trx, { unitCode, manifest }: QuotaOf): Promise<ManagerQuota> {
  const managing = manifest.roles.filter(({ manages }) => manages).map(({ code }) => code);
  const { rows } = await sql<{ used: number; extra: number }>`
    select
      (select count(*)::int from subsystem_account where unit_code = ${unitCode}
        and subsystem_code = ${manifest.code} and role = any(${managing})
        and status in ('active', 'suspended')) as used,
      coalesce((select extra from manager_quota where unit_code = ${unitCode}
        and subsystem_code = ${manifest.code}), 0) as extra`.execute(db);
  const { used, extra } = rows[0] ?? { used: 0, extra: 0 };
  return { used, limit: manifest.managerQuota + extra };
}

/** The same, with everybody else who wants to make a manager there waiting until the transaction ends. */
export async function lockManagerQuota(trx: Trx, of: QuotaOf): Promise<ManagerQuota> {
  const key = { unit_code: of.unitCode, subsystem_code: of.manifest.code };
  await trx
    .insertInto('manager_quota')
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx
    .selectFrom('manager_quota')
    .select('extra')
    .where('unit_code', '=', of.unitCode)
    .where('subsystem_code', '=', of.manifest.code)
    .forUpdate()
    .execute();
  return readManagerQuota(trx, of);
}

/** One manager more than before; `lockManagerQuota` holds the row. */
export async function addExtraManager(
  trx: Trx,
  of: { unitCode: string; subsystemCode: string },
): Promise<void> {
  await trx
    .updateTable('manager_quota')
    .set((row) => ({ extra: sql<number>`${row.ref('extra')} + 1` }))
    .where('unit_code', '=', of.unitCode)
    .where('subsystem_code', '=', of.subsystemCode)
    .execute();
}

/** The unit may give the menu role from the day of `now` in Taipei on. */
export async function entitle(
  trx: Trx,
  of: { unitCode: string; subsystemCode: string; menuRole: string; basis: string },
  now: Date,
): Promise<void> {
  await sql`
    insert into unit_entitlement (unit_code, subsystem_code, menu_role, valid_from, approval_no)
    values (${of.unitCode}, ${of.subsystemCode}, ${of.menuRole},
      (${now}::timestamptz at time zone 'Asia/Taipei')::date, ${of.basis})
    on conflict (unit_code, subsystem_code, menu_role, valid_from) do update set valid_to = null`.execute(
    trx,
  );
}
