import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { SubsystemUse, UnitAccount, UnitUse, UnitValues, WholeUnit } from '../types.ts';

const COLUMNS = [
  'code',
  'name',
  'name_en as nameEn',
  'kind',
  'county',
  'town',
  'status',
  'address',
  'phone',
  'email',
  'level',
  'version',
  'changed_at as changedAt',
  'merged_into as mergedInto',
] as const;

export async function findWholeUnit(db: Db | Trx, code: string): Promise<WholeUnit | undefined> {
  return db.selectFrom('unit').select(COLUMNS).where('code', '=', code).executeTakeFirst();
}

/** These units, held until the transaction ends; always taken in the same order, so that two deeds never wait in a circle. */
export async function lockUnits(trx: Trx, codes: string[]): Promise<Map<string, WholeUnit>> {
  const rows = await trx
    .selectFrom('unit')
    .select(COLUMNS)
    .where('code', 'in', codes)
    .orderBy('code')
    .forUpdate()
    .execute();
  return new Map(rows.map((unit) => [unit.code, unit]));
}

export async function updateUnit(trx: Trx, code: string, values: UnitValues): Promise<void> {
  const { nameEn, town, ...same } = values;
  await trx
    .updateTable('unit')
    .set({ ...same, name_en: nameEn === '' ? values.name : nameEn, town, county: town.slice(0, 5) })
    .where('code', '=', code)
    .execute();
}

export async function updateStatus(
  trx: Trx,
  code: string,
  status: WholeUnit['status'],
  mergedInto: string | null = null,
): Promise<void> {
  await trx.updateTable('unit').set({ status, merged_into: mergedInto }).where('code', '=', code).execute();
}

/** Who and what belongs to the unit, counted. */
export async function countUse(db: Db | Trx, code: string): Promise<UnitUse> {
  const people = await sql<Omit<UnitUse, 'subsystems'>>`
    select count(*) filter (where status = 'active')::int as "activeAccounts",
      count(*) filter (where status <> 'active')::int as "disabledAccounts",
      count(*) filter (where status = 'active' and role = 'unit_manager')::int as managers,
      count(*) filter (where status = 'active' and role in ('hpa_admin', 'platform_ops'))::int as privileged,
      (select count(*)::int from enrollment e where e.unit_code = ${code}
        and e.status in ('unconfirmed', 'pending_unit_review', 'pending_paper', 'returned'))
      + (select count(*)::int from subsystem_request r where r.unit_code = ${code} and r.status = 'submitted') as waiting
    from account where unit_code = ${code}`.execute(db);
  const subsystems = await sql<SubsystemUse>`
    select subsystem_code as "subsystemCode", role, duty, status, count(*)::int as count
    from subsystem_account where unit_code = ${code}
    group by subsystem_code, role, duty, status order by subsystem_code, role, status`.execute(db);
  const none = { activeAccounts: 0, disabledAccounts: 0, managers: 0, privileged: 0, waiting: 0 };
  return { ...(people.rows[0] ?? none), subsystems: subsystems.rows };
}

/** The unit's active accounts, managers first; at most `limit`. */
export async function listActiveAccounts(db: Db | Trx, code: string, limit: number): Promise<UnitAccount[]> {
  return db
    .selectFrom('account')
    .select(['id', 'login_name as loginName', 'name', 'email', 'role'])
    .where('unit_code', '=', code)
    .where('status', '=', 'active')
    .orderBy(sql`role = 'user'`)
    .orderBy('login_name')
    .limit(limit)
    .execute();
}

export interface LivingSubsystemAccount {
  id: string;
  accountId: string | null;
}

/** The unit's subsystem accounts that are not disabled. */
export async function listLivingSubsystemAccounts(trx: Trx, code: string): Promise<LivingSubsystemAccount[]> {
  return trx
    .selectFrom('subsystem_account')
    .select(['id', 'account_id as accountId'])
    .where('unit_code', '=', code)
    .where('status', '<>', 'disabled')
    .orderBy('id')
    .execute();
}
