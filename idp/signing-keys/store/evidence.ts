import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { ClientEvidence } from '../types.ts';

/** Key sets fetched and clients authenticated, by address, since the last time. */
export interface Sightings {
  fetches: { address: string; kid: string; at: Date }[];
  clients: { clientId: string; address: string; at: Date }[];
}

/** Adds what was seen, in one statement each. */
export async function saveSightings(db: Db, { fetches, clients }: Sightings): Promise<void> {
  if (fetches.length > 0) {
    await sql`insert into jwks_fetch (address, kid, fetched_at)
      select * from unnest(${fetches.map(({ address }) => address)}::text[], ${fetches.map(({ kid }) => kid)}::text[],
        ${fetches.map(({ at }) => at.toISOString())}::timestamptz[])
      on conflict (address, kid) do update set fetched_at = excluded.fetched_at`.execute(db);
  }
  if (clients.length > 0) {
    await sql`insert into client_address (client_id, address, seen_at)
      select * from unnest(${clients.map(({ clientId }) => clientId)}::text[],
        ${clients.map(({ address }) => address)}::text[], ${clients.map(({ at }) => at.toISOString())}::timestamptz[])
      on conflict (client_id, address) do update set seen_at = excluded.seen_at`.execute(db);
  }
}

/** Forgets what is older than anybody asks for. */
export async function forgetSightings(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('jwks_fetch').where('fetched_at', '<', before).execute();
  await db.deleteFrom('client_address').where('seen_at', '<', before).execute();
}

/** For each client in use: when a key set with this key went to an address it authenticated from within a day. */
export async function listKeyFetches(db: Db, kid: string): Promise<ClientEvidence[]> {
  const { rows } = await sql<{ client_id: string; fetched_at: Date | null; seen_at: Date | null }>`
    select c.client_id, max(f.fetched_at) as fetched_at, max(a.seen_at) as seen_at
    from client c
    left join client_address a on a.client_id = c.client_id
    left join jwks_fetch f on f.address = a.address and f.kid = ${kid}
      and a.seen_at between f.fetched_at - interval '1 day' and f.fetched_at + interval '1 day'
    where c.status = 'active' group by c.client_id order by c.client_id`.execute(db);
  return rows.map((row) => ({ clientId: row.client_id, fetchedAt: row.fetched_at, seenAt: row.seen_at }));
}
