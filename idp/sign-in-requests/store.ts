import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

const CIBA_REQUEST = 'BackchannelAuthenticationRequest';

/** How many requests wait for this person. */
export async function countWaitingRequests(db: Db, accountId: string): Promise<number> {
  const row = await db
    .selectFrom('oidc_waiting')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('kind', '=', CIBA_REQUEST)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Marks those that nobody answered in time, at most `limit`. */
export async function markExpired(
  trx: Trx,
  limit: number,
): Promise<{ accountId: string; clientId: string }[]> {
  const { rows } = await sql<{ accountId: string; clientId: string }>`
    update oidc_waiting set expiry_noted_at = now() where id_digest in (
      select id_digest from oidc_waiting
      where kind = ${CIBA_REQUEST} and state = 'waiting' and expires_at <= now() and expiry_noted_at is null
      limit ${limit} for update skip locked)
    returning account_id as "accountId", client_id as "clientId"`.execute(trx);
  return rows;
}
