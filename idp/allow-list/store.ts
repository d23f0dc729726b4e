import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { GuardedRole, Network } from './types.ts';

/** One change at a time: whoever is decided about is decided with the list as it will be. */
export async function lockNetworks(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('console networks'))`.execute(trx);
}

export async function listNetworks(db: Db | Trx): Promise<Network[]> {
  return db
    .selectFrom('console_network as n')
    .leftJoin('account as a', 'a.id', 'n.added_by')
    .select(['n.id', 'n.role', 'n.note', 'n.added_at as addedAt', 'a.name as addedBy'])
    .select(sql<string>`n.network::text`.as('network'))
    .orderBy('n.role')
    .orderBy('n.network')
    .execute();
}

/** Bits of the host cleared. @returns the network as kept, or undefined when it is listed already */
export async function insertNetwork(
  trx: Trx,
  entry: { role: GuardedRole; network: string; note: string; addedBy: string | null },
): Promise<{ id: number; network: string } | undefined> {
  return trx
    .insertInto('console_network')
    .values({
      role: entry.role,
      network: sql<string>`network(${entry.network}::inet)`,
      note: entry.note,
      added_by: entry.addedBy,
    })
    .onConflict((on) => on.doNothing())
    .returning(['id', sql<string>`network::text`.as('network')])
    .executeTakeFirst();
}

export async function deleteNetwork(trx: Trx, id: number): Promise<void> {
  await trx.deleteFrom('console_network').where('id', '=', id).execute();
}
