import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Consent } from './types.ts';

/** The third-party clients that hold living grants of this person, the newest consent first. */
export async function listConsents(db: Db, accountId: string): Promise<Consent[]> {
  const { rows } = await sql<Consent>`
    select g.client_id as "clientId", min(to_timestamp((g.payload->>'iat')::bigint)) as since,
      array_agg(distinct scope) filter (where scope <> '') as scopes
    from oidc_grant g
    join client c on c.client_id = g.client_id and not (c.metadata @> '{"first_party": true}')
    cross join lateral unnest(string_to_array(coalesce(g.payload->'openid'->>'scope', ''), ' ')) scope
    where g.account_id = ${accountId} and g.expires_at > now()
    group by g.client_id order by since desc, g.client_id`.execute(db);
  return rows.map((row) => ({ ...row, scopes: row.scopes ?? [] }));
}

/**
 * Ends what a third-party client was granted by this person, and with it the tokens; queues a logout for each
 * session it was used in. @returns how many grants ended
 */
export async function endConsent(trx: Trx, accountId: string, clientId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from oidc_grant g using client c
      where g.account_id = ${accountId} and g.client_id = ${clientId}
        and c.client_id = g.client_id and not (c.metadata @> '{"first_party": true}')
      returning g.id, g.account_id, g.client_id, g.session_uid, c.metadata
    ), queued as (
      insert into logout_delivery (client_id, account_id, sid, cause)
      select gone.client_id, gone.account_id, sc.sid, 'consent_withdrawn' from gone
      join oidc_session_client sc on sc.session_uid = gone.session_uid and sc.client_id = gone.client_id
      where gone.metadata ? 'backchannel_logout_uri'
    ), loosened as (
      update oidc_session_client sc set grant_id = null from gone
      where sc.session_uid = gone.session_uid and sc.client_id = gone.client_id and sc.grant_id = gone.id
    )
    select count(*)::int as count from gone`.execute(trx);
  return rows[0]?.count ?? 0;
}
