import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#db/idp/tables.ts';

const CIBA_REQUEST = 'BackchannelAuthenticationRequest';

/** How many requests wait for this person, for a query of one's own. */
export function waitingRequests(accountId: string): RawBuilder<number> {
  return sql<number>`(select count(*)::int from oidc_waiting where account_id = ${accountId}
    and kind = ${CIBA_REQUEST} and state = 'waiting' and expires_at > now())`;
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
