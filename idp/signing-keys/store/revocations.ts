import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { KeyRevocation } from '../types.ts';

export async function insertRevocation(
  trx: Trx,
  revocation: { kid: string; at: Date; by: string | undefined; reason: string },
): Promise<void> {
  const { kid, at, by, reason } = revocation;
  await trx
    .insertInto('key_revocation')
    .values({ kid, revoked_at: at, revoked_by: by ?? null, reason })
    .execute();
}

/** Revocations nobody has confirmed yet, the oldest first. */
export async function listUnconfirmed(db: Db | Trx): Promise<KeyRevocation[]> {
  return selectRevocations(db).where('r.confirmed_at', 'is', null).orderBy('r.revoked_at').execute();
}

export async function findRevocation(db: Db | Trx, kid: string): Promise<KeyRevocation | undefined> {
  return selectRevocations(db).where('r.kid', '=', kid).executeTakeFirst();
}

function selectRevocations(db: Db | Trx) {
  return db
    .selectFrom('key_revocation as r')
    .leftJoin('account as a', 'a.id', 'r.revoked_by')
    .leftJoin('account as c', 'c.id', 'r.confirmed_by')
    .select(['r.kid', 'r.revoked_at as revokedAt', 'r.revoked_by as revokedBy', 'r.reason'])
    .select(['r.confirmed_at as confirmedAt', 'r.alarmed_at as alarmedAt'])
    .select(['a.name as revokedByName', 'c.name as confirmedByName']);
}

/** Whether it was this person who revoked it, under whichever account. */
export async function isRevoker(trx: Trx, kid: string, accountId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('key_revocation as r')
    .innerJoin('account as a', 'a.id', 'r.revoked_by')
    .innerJoin('account as b', 'b.national_id_index', 'a.national_id_index')
    .select('r.kid')
    .where('r.kid', '=', kid)
    .where('b.id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns false when somebody confirmed it before, or it is the caller's own */
export async function markConfirmed(trx: Trx, kid: string, by: string, at: Date): Promise<boolean> {
  const result = await trx
    .updateTable('key_revocation')
    .set({ confirmed_at: at, confirmed_by: by })
    .where('kid', '=', kid)
    .where('confirmed_at', 'is', null)
    .where('revoked_by', 'is distinct from', by)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Takes revocations older than `before` that nobody confirmed; each is alarmed of once. */
export async function takeOverdue(trx: Trx, before: Date): Promise<{ kid: string }[]> {
  return trx
    .updateTable('key_revocation')
    .set({ alarmed_at: sql<Date>`now()` })
    .where('confirmed_at', 'is', null)
    .where('alarmed_at', 'is', null)
    .where('revoked_at', '<=', before)
    .returning('kid')
    .execute();
}

/** Everybody who may confirm: active national administrators and operators; or those of `roles` alone. */
export async function listNational(
  db: Db | Trx,
  roles: ('hpa_admin' | 'platform_ops')[] = ['hpa_admin', 'platform_ops'],
): Promise<{ id: string; name: string; loginName: string; email: string }[]> {
  return db
    .selectFrom('account')
    .select(['id', 'name', 'login_name as loginName', 'email'])
    .where('role', 'in', roles)
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .orderBy('login_name')
    .execute();
}
