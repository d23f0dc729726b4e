import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';
import type {
  Access,
  HeldAccount,
  NewSubsystemAccount,
  SubsystemAccountStatus,
  SuspensionCause,
} from './types.ts';

/** The status and the owner, held until the transaction ends: whoever is about to grant for it waits here. */
export async function lockStatus(
  trx: Trx,
  id: string,
): Promise<{ status: SubsystemAccountStatus; accountId: string | null } | undefined> {
  return trx
    .selectFrom('subsystem_account')
    .select(['status', 'account_id as accountId'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** The account with all it may do, held until the transaction ends. */
export async function lockHeld(trx: Trx, id: string): Promise<HeldAccount | undefined> {
  return trx
    .selectFrom('subsystem_account')
    .select(['id', 'subsystem_code as subsystemCode', 'account_id as accountId', 'status'])
    .select(['unit_code as unitCode', 'role', 'duty', 'menu_roles as menuRoles'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function updateAccess(trx: Trx, id: string, access: Access): Promise<void> {
  await trx
    .updateTable('subsystem_account')
    .set({
      unit_code: access.unitCode,
      role: access.role,
      duty: access.duty,
      menu_roles: access.menuRoles,
    })
    .where('id', '=', id)
    .execute();
}

/** The ids the person has had at a subsystem; the person's account is held, so that no two get one number. */
export async function lockIdsOf(
  trx: Trx,
  { accountId, subsystemCode }: Pick<NewSubsystemAccount, 'accountId' | 'subsystemCode'>,
): Promise<{ personNo: string; ids: string[] }> {
  const { person_no: personNo } = await trx
    .selectFrom('account')
    .select('person_no')
    .where('id', '=', accountId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const rows = await trx
    .selectFrom('subsystem_account')
    .select('id')
    .where('subsystem_code', '=', subsystemCode)
    .where('id', 'like', `P@${personNo}P@%`)
    .execute();
  return { personNo, ids: rows.map(({ id }) => id) };
}

export async function insertSubsystemAccount(
  trx: Trx,
  id: string,
  account: NewSubsystemAccount,
): Promise<void> {
  const { subsystemCode, accountId, unitCode, role, duty, menuRoles, fields } = account;
  const owner = await trx
    .selectFrom('account')
    .select(['name', 'national_id_index'])
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('subsystem_account')
    .values({
      id,
      subsystem_code: subsystemCode,
      account_id: accountId,
      national_id_index: owner.national_id_index,
      holder_name: owner.name,
      unit_code: unitCode,
      role,
      duty,
      menu_roles: menuRoles,
      fields: JSON.stringify(fields),
      status: 'active',
    })
    .execute();
}

/** Gives the account to the person, under a name for it. @throws a unique violation when the name is taken */
export async function insertBinding(
  trx: Trx,
  binding: { id: string; accountId: string; name: string },
): Promise<void> {
  const { id, accountId, name } = binding;
  await trx.updateTable('subsystem_account').set({ account_id: accountId }).where('id', '=', id).execute();
  await trx.insertInto('binding').values({ subsystem_account_id: id, account_id: accountId, name }).execute();
}

export async function listBindingNames(trx: Trx, accountId: string): Promise<string[]> {
  const rows = await trx.selectFrom('binding').select('name').where('account_id', '=', accountId).execute();
  return rows.map(({ name }) => name);
}

/** @returns since when it has the new status */
export async function updateStatus(
  trx: Trx,
  id: string,
  status: SubsystemAccountStatus,
  because: SuspensionCause | undefined,
): Promise<Date> {
  const { at } = await trx
    .updateTable('subsystem_account')
    .set({ status, status_changed_at: sql<Date>`now()`, suspended_because: because ?? null })
    .where('id', '=', id)
    .returning(sql<Date>`now()`.as('at'))
    .executeTakeFirstOrThrow();
  return at;
}

export async function deleteBinding(trx: Trx, id: string, accountId: string): Promise<boolean> {
  const result = await trx
    .deleteFrom('binding')
    .where('subsystem_account_id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/**
 * Ends the grants tied to the account, and with them their tokens; queues a logout for each session and client
 * they belonged to. The browser sessions go on. @returns how many grants ended
 */
export function endGrantsOf(trx: Trx, id: string, cause: string): Promise<number> {
  return endGrantsOfAll(trx, [id], cause);
}

/** `endGrantsOf` for several accounts at once. */
export async function endGrantsOfAll(trx: Trx, ids: string[], cause: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from oidc_grant where subsystem_account_id = any(${ids})
      returning id, account_id, client_id, session_uid
    ), queued as (
      insert into logout_delivery (client_id, account_id, sid, cause)
      select g.client_id, g.account_id, sc.sid, ${cause} from gone g
      join oidc_session_client sc on sc.session_uid = g.session_uid and sc.client_id = g.client_id
      join client c on c.client_id = g.client_id and c.metadata ? 'backchannel_logout_uri'
    ), loosened as (
      update oidc_session_client sc set grant_id = null from gone g
      where sc.session_uid = g.session_uid and sc.client_id = g.client_id and sc.grant_id = g.id
    )
    select count(*)::int as count from gone`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** `endGrantsOf` for every account of these units. */
export async function endGrantsOfUnits(trx: Trx, unitCodes: string[], cause: string): Promise<number> {
  if (unitCodes.length === 0) return 0;
  const accounts = await trx
    .selectFrom('subsystem_account')
    .select('id')
    .where('unit_code', 'in', unitCodes)
    .where('status', '=', 'active')
    .execute();
  return endGrantsOfAll(
    trx,
    accounts.map(({ id }) => id),
    cause,
  );
}
