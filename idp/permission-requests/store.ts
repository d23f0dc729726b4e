import { type Expression, type SqlBool, sql } from 'kysely';
import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import { type KeysetPage, keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import { type Reach, whereInReach } from '../permissions/index.ts';
import type { Candidate, Party, PermissionRequest, PermissionStatus, PermissionWish } from './types.ts';

export interface PermissionFilter {
  no?: number;
  from?: string;
  to?: string;
  status?: PermissionStatus;
  /** Of one subsystem alone. */
  subsystemCode?: string;
}

function requests(db: Db | Trx) {
  return db
    .selectFrom('permission_request as r')
    .innerJoin('unit as u', 'u.code', 'r.unit_code')
    .innerJoin('account as a', 'a.id', 'r.applicant_account_id')
    .leftJoin('account as d', 'd.id', 'r.decided_by')
    .select(['r.id', 'r.no', 'r.kind', 'r.status', 'r.subsystem_code as subsystemCode'])
    .select(['r.unit_code as unitCode', 'r.target_id as targetId', 'r.menu_role as menuRole'])
    .select(['r.content', 'r.phone', 'r.email', 'r.applicant_account_id as applicantAccountId'])
    .select(['a.name as applicantName', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .select(['r.created_at as createdAt', 'r.decided_at as decidedAt', 'd.name as deciderName', 'r.reason']);
}

function conditions(
  { no, from, to, status, subsystemCode }: PermissionFilter,
  reach: Reach,
): Expression<SqlBool>[] {
  const parts: Expression<SqlBool>[] = [whereInReach(reach, 'r.unit_code', 'r.subsystem_code')];
  if (subsystemCode !== undefined) parts.push(sql<SqlBool>`r.subsystem_code = ${subsystemCode}`);
  if (no !== undefined) parts.push(sql<SqlBool>`r.no = ${no}`);
  if (from !== undefined)
    parts.push(sql<SqlBool>`r.created_at >= ${from}::date::timestamp at time zone 'Asia/Taipei'`);
  if (to !== undefined) {
    parts.push(sql<SqlBool>`r.created_at < (${to}::date + 1)::timestamp at time zone 'Asia/Taipei'`);
  }
  if (status === 'submitted') parts.push(sql<SqlBool>`r.status = 'submitted'`);
  else if (status !== undefined) parts.push(sql<SqlBool>`r.status = ${status}`);
  return parts;
}

/** M-42: the requests in reach, in order of sending. */
export async function listRequests(
  db: Db,
  filter: PermissionFilter,
  reach: Reach,
  page: KeysetPage,
  limit: number,
): Promise<(PermissionRequest & { position: string })[]> {
  return requests(db)
    .select(sql<string>`r.created_at::text`.as('position'))
    .where((row) => row.and(conditions(filter, reach)))
    .where(keysetAfter('r.created_at', 'r.id', page))
    .orderBy(keysetOrder('r.created_at', 'r.id', page))
    .limit(limit)
    .execute();
}

export async function countRequests(
  db: Db,
  filter: PermissionFilter,
  reach: Reach,
  upTo: number,
): Promise<number> {
  const found = db
    .selectFrom('permission_request as r')
    .select('r.id')
    .where((row) => row.and(conditions(filter, reach)))
    .limit(upTo);
  const { count } = await db
    .selectFrom(found.as('found'))
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** How many wait, and how many since before `since`. */
export async function countWaiting(db: Db, since: Date): Promise<{ count: number; overdue: number }> {
  return db
    .selectFrom('permission_request')
    .select(sql<number>`count(*)::int`.as('count'))
    .select(sql<number>`count(*) filter (where created_at < ${since})::int`.as('overdue'))
    .where('status', '=', 'submitted')
    .executeTakeFirstOrThrow();
}

export async function findRequest(db: Db | Trx, id: string): Promise<PermissionRequest | undefined> {
  return requests(db).where('r.id', '=', id).executeTakeFirst();
}

/** The request, held until the transaction ends: whoever comes next sees what was decided. */
export async function lockRequest(trx: Trx, id: string): Promise<PermissionRequest | undefined> {
  await trx.selectFrom('permission_request').select('id').where('id', '=', id).forUpdate().execute();
  return findRequest(trx, id);
}

/** @returns its number, or undefined when the same is asked for already */
export async function insertRequest(
  trx: Trx,
  request: PermissionWish & { id: string; applicantAccountId: string; at: Date },
): Promise<number | undefined> {
  try {
    const { no } = await trx
      .insertInto('permission_request')
      .values({
        ...{ id: request.id, kind: request.kind, subsystem_code: request.subsystemCode },
        ...{ unit_code: request.unitCode, target_id: request.targetId, menu_role: request.menuRole },
        ...{ content: request.content, phone: request.phone, email: request.email },
        ...{ applicant_account_id: request.applicantAccountId, created_at: request.at },
      })
      .returning('no')
      .executeTakeFirstOrThrow();
    return no;
  } catch (error) {
    if (isSqlState(error, UNIQUE_VIOLATION)) return undefined;
    throw error;
  }
}

export async function closeRequest(
  trx: Trx,
  id: string,
  end: { status: PermissionStatus; at: Date; by: string; reason: string },
): Promise<void> {
  await trx
    .updateTable('permission_request')
    .set({ status: end.status, decided_at: end.at, decided_by: end.by, reason: end.reason })
    .where('id', '=', id)
    .execute();
}

export async function findParty(db: Db | Trx, accountId: string, now: Date): Promise<Party | undefined> {
  const row = await db
    .selectFrom('account')
    .select(['id', 'role', 'national_id_index', 'status', 'expires_at', 'national_id_declared_at'])
    .where('id', '=', accountId)
    .executeTakeFirst();
  return (
    row && {
      accountId: row.id,
      role: row.role,
      nationalIdIndex: row.national_id_index,
      isActive: row.status === 'active' && (row.expires_at === null || row.expires_at > now),
      isProven: row.national_id_declared_at === null,
    }
  );
}

/** Accounts of the unit at the subsystem that people hold, by name; with an id only that one. */
export async function listCandidates(
  db: Db | Trx,
  of: { subsystemCode: string; unitCode: string; id?: string },
): Promise<Candidate[]> {
  let query = db
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.id', 'sa.account_id')
    .select(['sa.id', 'a.id as accountId', 'a.name as holderName', 'sa.subsystem_code as subsystemCode'])
    .select(['sa.unit_code as unitCode', 'sa.role', 'sa.duty', 'sa.menu_roles as menuRoles'])
    .select('a.national_id_index as nationalIdIndex')
    .select(sql<boolean>`sa.status = 'active' and a.status = 'active'`.as('isActive'))
    .where('sa.subsystem_code', '=', of.subsystemCode)
    .where('sa.unit_code', '=', of.unitCode);
  if (of.id !== undefined) query = query.where('sa.id', '=', of.id);
  return query.orderBy('a.name').orderBy('sa.id').limit(500).execute();
}

/** The agency's administrators, who decide. */
export async function listDeciders(
  trx: Trx,
  now: Date,
): Promise<{ accountId: string; name: string; email: string }[]> {
  return trx
    .selectFrom('account')
    .select(['id as accountId', 'name', 'email'])
    .where('role', '=', 'hpa_admin')
    .where('status', '=', 'active')
    .where((account) => account.or([account('expires_at', 'is', null), account('expires_at', '>', now)]))
    .orderBy('created_at')
    .limit(20)
    .execute();
}

/** Marks waiting requests sent before `since` as reminded of. @returns their ids */
export async function lockUnreminded(trx: Trx, since: Date, now: Date, limit: number): Promise<string[]> {
  const rows = await trx
    .updateTable('permission_request')
    .set({ reminded_at: now })
    .where('id', 'in', (waiting) =>
      waiting
        .selectFrom('permission_request')
        .select('id')
        .where('status', '=', 'submitted')
        .where('reminded_at', 'is', null)
        .where('created_at', '<', since)
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}
