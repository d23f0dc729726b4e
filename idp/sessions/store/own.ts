import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { OwnSession } from '../types.ts';

/** The person's live sessions, the one used last first. */
export async function listOwnSessions(db: Db, accountId: string): Promise<OwnSession[]> {
  const rows = await db
    .selectFrom('oidc_session as s')
    .select(['s.uid', 's.login_at', 's.active_at', 's.ip', 's.user_agent'])
    .select(
      sql<string[] | null>`(select array_agg(k.client_id order by k.client_id) from oidc_session_client k
        where k.session_uid = s.uid and k.grant_id is not null)`.as('clients'),
    )
    .where('s.account_id', '=', accountId)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .orderBy('s.active_at', 'desc')
    .execute();
  return rows.map((row) => ({
    uid: row.uid,
    signedInAt: row.login_at ?? row.active_at,
    activeAt: row.active_at,
    ip: row.ip,
    userAgent: row.user_agent,
    clientIds: row.clients ?? [],
  }));
}

/** Keeps one session of the person's as it is until the transaction ends. @returns false when it is not theirs */
export async function lockOwnSession(trx: Trx, accountId: string, uid: string): Promise<boolean> {
  const row = await trx
    .selectFrom('oidc_session')
    .select('uid')
    .where('uid', '=', uid)
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}
