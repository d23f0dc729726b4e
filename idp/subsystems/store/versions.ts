import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { type Manifest, manifestSchema } from '../manifest.ts';
import type { SubsystemVersion } from '../types.ts';

/** The newest version, held until the transaction ends; who applies any other waits for it. */
export async function lockNewestVersion(
  trx: Trx,
  code: string,
): Promise<{ version: number; manifest: Manifest } | undefined> {
  await sql`select pg_advisory_xact_lock(hashtext(${`subsystem ${code}`}))`.execute(trx);
  // two applied at once could each claim what neither sees yet; one after the other, the second is refused
  await sql`select pg_advisory_xact_lock(hashtext('subsystem names'))`.execute(trx);
  return findVersion(trx, code, undefined);
}

/** One version; without a number the newest. */
export async function findVersion(
  db: Db | Trx,
  code: string,
  version: number | undefined,
): Promise<{ version: number; manifest: Manifest } | undefined> {
  let query = db
    .selectFrom('subsystem_version')
    .select(['version', 'manifest'])
    .where('subsystem_code', '=', code);
  if (version !== undefined) query = query.where('version', '=', version);
  const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst();
  return row && { version: row.version, manifest: manifestSchema.parse(row.manifest) };
}

/** Every version, newest first. */
export async function listVersions(db: Db, code: string): Promise<SubsystemVersion[]> {
  return db
    .selectFrom('subsystem_version as v')
    .leftJoin('account as a', 'a.id', 'v.applied_by')
    .select(['v.version', 'v.applied_at as appliedAt', 'v.reason', 'v.restores'])
    .select(['a.name as by', 'a.login_name as loginName'])
    .where('v.subsystem_code', '=', code)
    .orderBy('v.version', 'desc')
    .execute();
}

/** @returns whether it differs from the newest and so became a version of its own */
export async function insertVersion(
  trx: Trx,
  version: {
    manifest: Manifest;
    number: number;
    by: string | undefined;
    reason: string;
    restores: number | undefined;
  },
): Promise<void> {
  await trx
    .insertInto('subsystem_version')
    .values({
      subsystem_code: version.manifest.code,
      version: version.number,
      manifest: JSON.stringify(version.manifest),
      applied_by: version.by ?? null,
      reason: version.reason,
      restores: version.restores ?? null,
    })
    .execute();
}

/** How many accounts of the subsystem hold each of these codes, whatever their status. */
export async function countHolders(
  db: Db,
  subsystemCode: string,
  codes: { roles: string[]; duties: string[]; menuRoles: string[] },
): Promise<Map<string, number>> {
  const { rows } = await sql<{ path: string; count: number }>`
    select 'roles.' || role || '.code' as path, count(*)::int as count from subsystem_account
      where subsystem_code = ${subsystemCode} and role = any(${codes.roles}) group by role
    union all select 'duties.' || duty || '.code', count(*)::int from subsystem_account
      where subsystem_code = ${subsystemCode} and duty = any(${codes.duties}) group by duty
    union all select 'menuRoles.' || held || '.code', count(*)::int
      from subsystem_account, unnest(menu_roles) held
      where subsystem_code = ${subsystemCode} and held = any(${codes.menuRoles}) group by held`.execute(db);
  return new Map(rows.map(({ path, count }) => [path, count]));
}
