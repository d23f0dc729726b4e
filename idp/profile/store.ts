import type { Db, Trx } from '#db/idp/tables.ts';
import type { Profile, ProfileChanges } from './types.ts';

export async function findProfile(db: Db, accountId: string, now: Date): Promise<Profile | undefined> {
  const row = await db
    .selectFrom('account as a')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .leftJoin('pending_email as p', (join) =>
      join.onRef('p.account_id', '=', 'a.id').on('p.expires_at', '>', now),
    )
    .select(['a.id as accountId', 'a.login_name as loginName', 'a.name', 'a.title', 'a.email', 'a.phone'])
    .select(['a.spare_phone as sparePhone', 'a.unit_phone as unitPhone', 'a.mobile'])
    .select(['a.spare_email as spareEmail', 'a.national_id_sealed as nationalIdSealed'])
    .select(['a.national_id_declared_at as declaredAt', 'p.email as pendingEmail'])
    .select(['u.code as unitCode', 'u.name as unitName', 'u.name_en as unitNameEn'])
    .where('a.id', '=', accountId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { declaredAt, pendingEmail, ...rest } = row;
  return { ...rest, isDeclared: declaredAt !== null, pendingEmail: pendingEmail ?? undefined };
}

export async function updateProfile(trx: Trx, accountId: string, changes: ProfileChanges): Promise<void> {
  await trx
    .updateTable('account')
    .set({
      title: changes.title,
      phone: changes.phone,
      spare_phone: changes.sparePhone,
      unit_phone: changes.unitPhone,
      mobile: changes.mobile,
      spare_email: changes.spareEmail,
    })
    .where('id', '=', accountId)
    .execute();
}

export async function updateNationalId(
  trx: Trx,
  accountId: string,
  number: { sealed: Buffer; index: Buffer; declaredAt: Date },
): Promise<void> {
  await trx
    .updateTable('account')
    .set({
      national_id_sealed: number.sealed,
      national_id_index: number.index,
      national_id_declared_at: number.declaredAt,
    })
    .where('id', '=', accountId)
    .execute();
}

/** Since when the ID number is only declared, held until the transaction ends; null when it is confirmed. */
export async function lockDeclaration(
  trx: Trx,
  accountId: string,
): Promise<{ declaredAt: Date | null } | undefined> {
  return trx
    .selectFrom('account')
    .select('national_id_declared_at as declaredAt')
    .where('id', '=', accountId)
    .forUpdate()
    .executeTakeFirst();
}

export async function confirmDeclared(trx: Trx, accountId: string): Promise<void> {
  await trx
    .updateTable('account')
    .set({ national_id_declared_at: null })
    .where('id', '=', accountId)
    .execute();
}

/** Keeps an address until it is confirmed; the one before is void. */
export async function savePendingEmail(
  trx: Trx,
  pending: { accountId: string; email: string; tokenDigest: Buffer; expiresAt: Date },
): Promise<void> {
  const changes = { email: pending.email, token_digest: pending.tokenDigest, expires_at: pending.expiresAt };
  await trx
    .insertInto('pending_email')
    .values({ account_id: pending.accountId, ...changes })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(changes))
    .execute();
}

export async function isPending(db: Db, accountId: string, tokenDigest: Buffer, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('pending_email')
    .select('account_id')
    .where('account_id', '=', accountId)
    .where('token_digest', '=', tokenDigest)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** Uses a confirmation up. @returns the address, or undefined when it is stale, used or somebody else's */
export async function takePendingEmail(
  trx: Trx,
  accountId: string,
  tokenDigest: Buffer,
  now: Date,
): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('pending_email')
    .where('account_id', '=', accountId)
    .where('token_digest', '=', tokenDigest)
    .where('expires_at', '>', now)
    .returning('email')
    .executeTakeFirst();
  return row?.email;
}

export async function updateEmail(trx: Trx, accountId: string, email: string): Promise<void> {
  await trx.updateTable('account').set({ email }).where('id', '=', accountId).execute();
}
