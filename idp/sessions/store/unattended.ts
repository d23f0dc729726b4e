import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { digest } from '#kit/random.ts';
import type { UnattendedGrant } from '../types.ts';

/** What no browser of the person's holds: devices, and sign-ins approved elsewhere; the newest first. */
export async function listUnattended(db: Db | Trx, accountId: string): Promise<UnattendedGrant[]> {
  const rows = await db
    .selectFrom('oidc_grant as g')
    .leftJoin('binding as b', 'b.subsystem_account_id', 'g.subsystem_account_id')
    .select(['g.id', 'g.client_id', 'g.expires_at', 'b.name'])
    .select(sql<Date>`to_timestamp((g.payload->>'iat')::bigint)`.as('since'))
    .where('g.account_id', '=', accountId)
    .where('g.session_uid', 'is', null)
    .where('g.expires_at', '>', sql<Date>`now()`)
    .orderBy('since', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    ref: digest(row.id).toString('hex'),
    clientId: row.client_id,
    binding: row.name ?? undefined,
    since: row.since,
    endsAt: row.expires_at,
  }));
}

/** Ends one with its tokens. @returns its client; undefined when it is not theirs, or no more */
export async function endUnattended(trx: Trx, accountId: string, ref: string): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('oidc_grant')
    .where('account_id', '=', accountId)
    .where('session_uid', 'is', null)
    .where(sql<boolean>`encode(sha256(convert_to(id, 'UTF8')), 'hex') = ${ref}`)
    .returning('client_id')
    .executeTakeFirst();
  return row?.client_id;
}
