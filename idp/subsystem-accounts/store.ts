import { sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';
import type { SubsystemAccountStatus, SuspensionCause } from './types.ts';

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
