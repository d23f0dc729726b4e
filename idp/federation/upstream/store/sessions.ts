import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/**
 * The sessions that sign-ins at this issuer began, of a subject or of a session there, kept as they are until the
 * transaction ends.
 */
export async function lockSessionsNamed(
  trx: Trx,
  named: { issuer: string; sub: string | undefined; sid: string | undefined },
): Promise<{ uid: string; accountId: string }[]> {
  const bySubject = named.sub === undefined ? sql`` : sql`and l.subject = ${named.sub}`;
  // a provider that told no sid with its sign-in may tell one now, beside the subject
  const orUntold = named.sub === undefined ? sql`` : sql`or s.sid is null`;
  const bySession = named.sid === undefined ? sql`` : sql`and (s.sid = ${named.sid} ${orUntold})`;
  const { rows } = await sql<{ uid: string; accountId: string }>`
    select o.uid, l.account_id as "accountId" from oidc_session o
    join upstream_session s on s.session_uid = o.uid
    join upstream_link l on l.id = s.link_id
    where l.issuer = ${named.issuer} ${bySubject} ${bySession} order by o.uid for update of o`.execute(trx);
  return rows;
}

/** @returns false when it was remembered already */
export async function rememberOnce(trx: Trx, id: Buffer, until: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('oidc_replay')
    .values({ id, expires_at: until })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** What the session came by, when it came by a provider. */
export async function findSessionTie(
  db: Db,
  sessionUid: string,
): Promise<{ linkId: string; provider: string; idTokenSealed: Buffer } | undefined> {
  return db
    .selectFrom('upstream_session as s')
    .innerJoin('upstream_link as l', 'l.id', 's.link_id')
    .select(['s.link_id as linkId', 'l.provider_code as provider', 's.id_token_sealed as idTokenSealed'])
    .where('s.session_uid', '=', sessionUid)
    .executeTakeFirst();
}
