import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

/** A client as its chain of trust makes it. */
export interface Registration {
  metadata: Record<string, unknown>;
  policy: string;
  anchor: string;
  expiresAt: Date;
}

/** The metadata that says until when a client's chain holds: ours to write. */
export const CHAIN_ENDS_AT = 'chain_ends_at';

/** One at a time for one client, until the transaction ends. */
export async function lockRegistration(trx: Trx, clientId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('federation_client'), hashtext(${clientId}))`.execute(trx);
}

export async function findRegistration(
  db: Db | Trx,
  clientId: string,
): Promise<{ expiresAt: Date; scope: unknown } | undefined> {
  const row = await db
    .selectFrom('federation_client as f')
    .innerJoin('client as c', 'c.client_id', 'f.client_id')
    .select(['f.expires_at', 'c.metadata'])
    .where('f.client_id', '=', clientId)
    .executeTakeFirst();
  return row && { expiresAt: row.expires_at, scope: row.metadata['scope'] };
}

/** Whether somebody declared a client of this name. */
export async function isOthers(trx: Trx, clientId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('client')
    .select('client_id')
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertClient(
  trx: Trx,
  clientId: string,
  registration: Registration,
  now: Date,
): Promise<void> {
  await trx
    .insertInto('client')
    .values({ client_id: clientId, subsystem_code: null, metadata: metadataOf(clientId, registration) })
    .execute();
  await trx
    .insertInto('federation_client')
    .values({ client_id: clientId, ...rowOf(registration, now) })
    .execute();
}

/** One that an operator disabled stays so. */
export async function updateClient(
  trx: Trx,
  clientId: string,
  registration: Registration,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('client')
    .set({ metadata: metadataOf(clientId, registration) })
    .where('client_id', '=', clientId)
    .execute();
  await trx
    .updateTable('federation_client')
    .set({ ...rowOf(registration, now), ended_at: null })
    .where('client_id', '=', clientId)
    .execute();
}

/** Clients whose chain has ended and whose grants have not. */
export async function listEnded(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('federation_client')
    .select('client_id')
    .where('expires_at', '<=', now)
    .where('ended_at', 'is', null)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.client_id);
}

/** @returns false when it was before, or its chain holds again */
export async function markEnded(trx: Trx, clientId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('federation_client')
    .set({ ended_at: now })
    .where('client_id', '=', clientId)
    .where('expires_at', '<=', now)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** @returns how many there were */
export async function endGrants(trx: Trx, clientId: string): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('oidc_grant')
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function metadataOf(clientId: string, { metadata, expiresAt }: Registration): string {
  return JSON.stringify({ ...metadata, client_id: clientId, [CHAIN_ENDS_AT]: expiresAt.toISOString() });
}

function rowOf({ policy, anchor, expiresAt }: Registration, now: Date) {
  return { policy, anchor, registered_at: now, expires_at: expiresAt };
}
