import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Account } from './types.ts';

/** The columns of an `Account`, for queries that join more to it. */
export const ACCOUNT_COLUMNS = [
  'account.id',
  'account.person_no as personNo',
  'account.login_name as loginName',
  'account.name',
  'account.title',
  'account.email',
  'account.phone',
  'account.unit_code as unitCode',
  'account.role',
  'account.status',
  'account.expires_at as expiresAt',
  'account.last_sign_in_at as lastSignInAt',
] as const;

export async function findAccount(db: Db | Trx, id: string): Promise<Account | undefined> {
  return db.selectFrom('account').select(ACCOUNT_COLUMNS).where('id', '=', id).executeTakeFirst();
}

export async function findAccountByLoginName(db: Db | Trx, loginName: string): Promise<Account | undefined> {
  return db
    .selectFrom('account')
    .select(ACCOUNT_COLUMNS)
    .where('login_name', '=', loginName.toLowerCase())
    .executeTakeFirst();
}

/** The person's ID number, still sealed, and since when it is only declared by themself. */
export async function findSealedNationalId(
  db: Db | Trx,
  accountId: string,
): Promise<{ sealed: Buffer; declaredAt: Date | null } | undefined> {
  return db
    .selectFrom('account')
    .select(['national_id_sealed as sealed', 'national_id_declared_at as declaredAt'])
    .where('id', '=', accountId)
    .executeTakeFirst();
}

/** The account, kept as it is until the transaction ends. */
export async function lockAccount(trx: Trx, id: string): Promise<Account | undefined> {
  return trx
    .selectFrom('account')
    .select(ACCOUNT_COLUMNS)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** One at a time settles a number; which of its digests comes first does not matter. */
export async function lockNationalId(trx: Trx, digests: Buffer[]): Promise<void> {
  const [name] = digests.map((digest) => digest.toString('hex')).toSorted();
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 26))`.execute(trx);
}

/**
 * Moves whatever holds an ID number under one of the digests `from` to the digest `to`. All rows of one number move
 * together, so that comparing one with another stays right. @returns how many rows moved
 */
export async function moveNationalIdIndex(trx: Trx, from: Buffer[], to: Buffer): Promise<number> {
  let moved = 0;
  for (const table of ['enrollment', 'account', 'subsystem_account'] as const) {
    const result = await trx
      .updateTable(table)
      .set({ national_id_index: to })
      .where('national_id_index', 'in', from)
      .executeTakeFirst();
    moved += Number(result.numUpdatedRows);
  }
  return moved;
}

/** @returns the account's id, or undefined when there is none of that name */
export async function updateStatus(
  trx: Trx,
  loginName: string,
  status: Account['status'],
): Promise<string | undefined> {
  const row = await trx
    .updateTable('account')
    .set({ status })
    .where('login_name', '=', loginName.toLowerCase())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** An operator's command is the way back when nobody is left at the console. */
export async function closeEmergencyStops(trx: Trx, accountId: string, reason: string): Promise<void> {
  await trx
    .updateTable('emergency_stop')
    .set({ enabled_at: sql<Date>`now()`, enabled_because: reason })
    .where('account_id', '=', accountId)
    .where('enabled_at', 'is', null)
    .execute();
}
