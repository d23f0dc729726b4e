import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { AccountChanges, Subject } from '../types.ts';

/** The account in question, with all that is shown and changed of it. */
export async function findSubject(db: Db | Trx, id: string): Promise<Subject | undefined> {
  const row = await db
    .selectFrom('account as a')
    .innerJoin('unit as u', 'u.code', 'a.unit_code')
    .leftJoin('password_credential as p', 'p.account_id', 'a.id')
    .select(['a.id', 'a.person_no as personNo', 'a.login_name as loginName', 'a.name', 'a.title', 'a.role'])
    .select(['a.phone', 'a.spare_phone as sparePhone', 'a.unit_phone as unitPhone', 'a.mobile', 'a.email'])
    .select(['a.spare_email as spareEmail', 'a.unit_code as unitCode', 'u.name as unitName', 'a.status'])
    .select(['u.name_en as unitNameEn', 'a.expires_at as expiresAt', 'a.created_at as createdAt'])
    .select(['a.national_id_sealed as nationalIdSealed', 'a.last_sign_in_at as lastSignInAt'])
    .select(['a.national_id_declared_at as declaredAt', 'p.changed_at as passwordChangedAt'])
    .where('a.id', '=', id)
    .executeTakeFirst();
  return row && { ...row, passwordChangedAt: row.passwordChangedAt ?? undefined };
}

/** Holds the account until the transaction ends. @returns it as it is then */
export async function lockSubject(trx: Trx, id: string): Promise<Subject | undefined> {
  await trx.selectFrom('account').select('id').where('id', '=', id).forUpdate().execute();
  return findSubject(trx, id);
}

/** What of the account's surroundings decides whether a deed may be done. */
export async function findSurroundings(db: Db | Trx, id: string) {
  const { rows } = await sql<{ factors: number; sessions: number; isStopped: boolean }>`
    select (select count(*)::int from totp_credential where account_id = ${id})
         + (select count(*)::int from passkey where account_id = ${id})
         + (select count(*)::int from person_card where account_id = ${id}) as factors,
           (select count(*)::int from oidc_session where account_id = ${id} and expires_at > now()) as sessions,
           exists (select from emergency_stop where account_id = ${id} and enabled_at is null) as "isStopped"`.execute(
    db,
  );
  return rows[0] ?? { factors: 0, sessions: 0, isStopped: false };
}

export async function updateSubject(trx: Trx, id: string, changes: AccountChanges): Promise<void> {
  await trx
    .updateTable('account')
    .set({
      name: changes.name,
      title: changes.title,
      phone: changes.phone,
      spare_phone: changes.sparePhone,
      unit_phone: changes.unitPhone,
      mobile: changes.mobile,
      email: changes.email,
      spare_email: changes.spareEmail,
      expires_at: changes.expiresAt,
    })
    .where('id', '=', id)
    .execute();
}

export async function updateStanding(
  trx: Trx,
  id: string,
  standing: Partial<Pick<Subject, 'status' | 'role'>> & { unitCode?: string },
): Promise<void> {
  const { status, role, unitCode } = standing;
  await trx
    .updateTable('account')
    .set({
      ...(status !== undefined && { status }),
      ...(role !== undefined && { role }),
      ...(unitCode !== undefined && { unit_code: unitCode }),
    })
    .where('id', '=', id)
    .execute();
}

/** The person's subsystem accounts in one unit that are not disabled yet. */
export async function listLivingAccounts(
  db: Db | Trx,
  accountId: string,
  unitCode: string,
): Promise<string[]> {
  const rows = await db
    .selectFrom('subsystem_account')
    .select('id')
    .where('account_id', '=', accountId)
    .where('unit_code', '=', unitCode)
    .where('status', '<>', 'disabled')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** An address that waits to be confirmed is forgotten when somebody else sets another. */
export async function deletePendingEmail(trx: Trx, accountId: string): Promise<void> {
  await trx.deleteFrom('pending_email').where('account_id', '=', accountId).execute();
}

/** Whether the same person has another active account in the unit already. */
export async function isThereAlready(db: Db | Trx, accountId: string, unitCode: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select exists (select from account other join account a on a.national_id_index = other.national_id_index
      where a.id = ${accountId} and other.id <> a.id and other.unit_code = ${unitCode}
        and other.status = 'active') as there`.execute(db);
  return rows[0]?.there ?? false;
}
