import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { ACCOUNT_COLUMNS, type Account } from '../../accounts/index.ts';
import type { SuspendableAccount } from '../types.ts';

export async function findByLoginName(db: Db | Trx, loginName: string): Promise<Account | undefined> {
  return db
    .selectFrom('account')
    .select(ACCOUNT_COLUMNS)
    .where('login_name', '=', loginName.toLowerCase())
    .executeTakeFirst();
}

/** Two accounts of a unit, held until the transaction ends; in one order, so that nobody waits in a ring. */
export async function lockPeople(trx: Trx, loginNames: string[]): Promise<Account[]> {
  return trx
    .selectFrom('account')
    .select(ACCOUNT_COLUMNS)
    .where(
      'login_name',
      'in',
      loginNames.map((name) => name.toLowerCase()),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/** Holds a unit, so that its managers are counted and changed by one at a time. */
export async function lockUnit(trx: Trx, code: string): Promise<void> {
  await trx.selectFrom('unit').select('code').where('code', '=', code).forNoKeyUpdate().execute();
}

/** The unit's managers who can act now. */
export async function listManagers(trx: Trx, unitCode: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('account')
    .select('id')
    .where('unit_code', '=', unitCode)
    .where('role', '=', 'unit_manager')
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** The unit and role of a subsystem account, and whose it is. */
export async function findSubsystemAccount(trx: Trx, id: string) {
  return trx
    .selectFrom('subsystem_account')
    .select(['account_id as accountId', 'subsystem_code as subsystemCode', 'unit_code as unitCode', 'role'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Whether a subsystem account is of the person an account is of, by the ID number. */
export async function isHeldBy(trx: Trx, id: string, accountId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('subsystem_account as sa')
    .innerJoin('account as a', 'a.national_id_index', 'sa.national_id_index')
    .select('sa.id')
    .where('sa.id', '=', id)
    .where('a.id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** An account that may be suspended, with whom to tell. */
export async function findSuspendable(trx: Trx, id: string): Promise<SuspendableAccount | undefined> {
  return trx
    .selectFrom('subsystem_account')
    .select(['id', 'subsystem_code as subsystemCode', 'unit_code as unitCode', 'account_id as ownerId'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The person's subsystem accounts that are not disabled yet, in one order. */
export async function listLiving(trx: Trx, accountId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('subsystem_account')
    .select('id')
    .where('account_id', '=', accountId)
    .where('status', '<>', 'disabled')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Takes every binding off the person's list, and what was granted outside any session. @returns how many */
export async function removeBindings(trx: Trx, accountId: string): Promise<number> {
  await trx.deleteFrom('oidc_grant').where('account_id', '=', accountId).execute();
  const result = await trx.deleteFrom('binding').where('account_id', '=', accountId).executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function promote(trx: Trx, accountId: string): Promise<void> {
  await trx.updateTable('account').set({ role: 'unit_manager' }).where('id', '=', accountId).execute();
}

export async function databaseTime(trx: Trx): Promise<Date> {
  return (await trx.selectNoFrom(sql<Date>`now()`.as('now')).executeTakeFirstOrThrow()).now;
}
