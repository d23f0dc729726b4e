import { sql } from 'kysely';
import type { SubsystemAccountTable, Trx } from '#db/idp/tables.ts';

export type SubsystemAccountStatus = SubsystemAccountTable['status'];

/** Sets the status; whoever is about to make a grant for it waits here and then sees it. @returns its owner */
export async function updateStatus(
  trx: Trx,
  id: string,
  status: SubsystemAccountStatus,
): Promise<{ accountId: string | null } | undefined> {
  return trx
    .updateTable('subsystem_account')
    .set({ status })
    .where('id', '=', id)
    .returning('account_id as accountId')
    .executeTakeFirst();
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
export async function endGrantsOf(trx: Trx, id: string, cause: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from oidc_grant where subsystem_account_id = ${id} returning id, account_id, client_id, session_uid
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
