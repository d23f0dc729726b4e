import type { Selectable, Updateable } from 'kysely';
import type { SubsystemRequestTable } from '#db/idp/access-tables.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { AccessRequest, OwnRequest, Wish } from '../types.ts';

type Row = Selectable<SubsystemRequestTable>;

export interface NewRequest extends Wish {
  id: string;
  accountId: string;
  subsystemAccountId: string | null;
  before: AccessRequest['before'];
  reason: string;
  chain: string[];
  at: Date;
}

/** Writes a request at its first step. @returns false when one of this id is there already */
export async function insertRequest(trx: Trx, request: NewRequest): Promise<boolean> {
  const { before, at } = request;
  const result = await trx
    .insertInto('subsystem_request')
    .values({
      id: request.id,
      kind: request.kind,
      account_id: request.accountId,
      subsystem_code: request.subsystemCode,
      subsystem_account_id: request.subsystemAccountId,
      unit_code: request.unitCode,
      role: request.role,
      duty: request.duty,
      menu_roles: request.menuRoles,
      fields: JSON.stringify(request.fields),
      before: before && JSON.stringify(before),
      reason: request.reason,
      chain: request.chain,
      status: 'submitted',
      created_at: at,
      submitted_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findRequest(db: Db | Trx, id: string): Promise<AccessRequest | undefined> {
  if (!isId(id)) return undefined;
  const row = await db.selectFrom('subsystem_request').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRequest(row);
}

/** The request, held until the transaction ends: whoever comes next sees what was decided. */
export async function lockRequest(trx: Trx, id: string): Promise<AccessRequest | undefined> {
  if (!isId(id)) return undefined;
  const row = await trx
    .selectFrom('subsystem_request')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toRequest(row);
}

/** Holds people from changes until the transaction ends; in one order, so that nobody waits in a ring. */
export async function lockPeople(trx: Trx, accountIds: string[]): Promise<void> {
  await trx
    .selectFrom('account')
    .select('id')
    .where('id', 'in', accountIds)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

export type RequestChanges = Omit<
  Updateable<SubsystemRequestTable>,
  'id' | 'waits_for' | 'fields' | 'version'
> & {
  fields?: Record<string, string[]>;
};

/** Writes changes and counts the version up, so that a decision about what was before comes too late. */
export async function updateRequest(trx: Trx, id: string, changes: RequestChanges): Promise<void> {
  const { fields, ...plain } = changes;
  await trx
    .updateTable('subsystem_request')
    .set({ ...plain, ...(fields && { fields: JSON.stringify(fields) }) })
    .set((row) => ({ version: row('version', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** The person's requests under way, oldest first, then the newest of those that ended, at most `ended` of them. */
export async function listOwn(db: Db, accountId: string, ended: number): Promise<OwnRequest[]> {
  const all = db
    .selectFrom('subsystem_request')
    .innerJoin('unit', 'unit.code', 'subsystem_request.unit_code')
    .selectAll('subsystem_request')
    .select(['unit.name as unitName', 'unit.name_en as unitNameEn'])
    .where('account_id', '=', accountId);
  const open = await all
    .where('subsystem_request.status', 'in', ['submitted', 'returned'])
    .orderBy('created_at')
    .execute();
  const past = await all
    .where('subsystem_request.status', 'in', ['approved', 'withdrawn'])
    .orderBy('updated_at', (at) => at.desc().nullsLast())
    .limit(ended)
    .execute();
  return [...open, ...past].map((row) => ({
    ...toRequest(row),
    unitName: row.unitName,
    unitNameEn: row.unitNameEn,
  }));
}

/** Changes under way by the account they are of. */
export async function listOpenChanges(db: Db, accountId: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('subsystem_request')
    .select(['id', 'subsystem_account_id'])
    .where('account_id', '=', accountId)
    .where('kind', '<>', 'account')
    .where('status', 'in', ['submitted', 'returned'])
    .execute();
  return new Map(rows.map((row) => [row.subsystem_account_id ?? '', row.id]));
}

/** Requests that wait and were looked at longest ago, skipping those somebody is busy with. */
export async function lockUnchecked(trx: Trx, before: Date, limit: number): Promise<AccessRequest[]> {
  const rows = await trx
    .selectFrom('subsystem_request')
    .selectAll()
    .where('status', '=', 'submitted')
    .where((row) => row.or([row('checked_at', 'is', null), row('checked_at', '<=', before)]))
    .orderBy('checked_at', (at) => at.asc().nullsFirst())
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(toRequest);
}

export async function markChecked(trx: Trx, ids: string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await trx.updateTable('subsystem_request').set({ checked_at: at }).where('id', 'in', ids).execute();
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}

export function toRequest(row: Row): AccessRequest {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    accountId: row.account_id,
    subsystemCode: row.subsystem_code,
    subsystemAccountId: row.subsystem_account_id,
    unitCode: row.unit_code,
    role: row.role,
    duty: row.duty,
    menuRoles: row.menu_roles,
    fields: row.fields,
    before: row.before,
    reason: row.reason,
    chain: row.chain,
    step: row.step,
    level: row.level,
    round: row.round,
    version: row.version,
    createdAt: row.created_at,
    submittedAt: row.submitted_at ?? row.created_at,
  };
}
