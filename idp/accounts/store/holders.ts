import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Account, AccountRole } from '../types.ts';

type Holder = Pick<Account, 'id' | 'role' | 'unitCode'>;

/**
 * Until the transaction ends nobody else changes who holds this role there, so that the last one stays countable:
 * managers by their unit, the nation's roles all together. Taken before the account itself, by everybody.
 */
export async function lockHolders(
  trx: Trx,
  { role, unitCode }: Pick<Holder, 'role' | 'unitCode'>,
): Promise<void> {
  if (role === 'unit_manager') {
    await trx.selectFrom('unit').select('code').where('code', '=', unitCode).forNoKeyUpdate().execute();
  } else if (role !== 'user') {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`account-role:${role}`}, 0))`.execute(trx);
  }
}

/** How many others can act in the same role now: managers in the same unit, the rest anywhere. */
export async function countOtherHolders(db: Db | Trx, { id, role, unitCode }: Holder): Promise<number> {
  return countHolders(db, { role, unitCode, except: id });
}

/** How many can act in the role now: managers in this unit, the rest anywhere. */
export async function countHolders(
  db: Db | Trx,
  of: { role: AccountRole; unitCode: string; except?: string },
): Promise<number> {
  let query = db
    .selectFrom('account')
    .select((count) => count.fn.countAll<number>().as('count'))
    .where('role', '=', of.role)
    .where('status', '=', 'active')
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]));
  if (of.role === 'unit_manager') query = query.where('unit_code', '=', of.unitCode);
  if (of.except !== undefined) query = query.where('id', '<>', of.except);
  return (await query.executeTakeFirstOrThrow()).count;
}
