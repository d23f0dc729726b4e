import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { CHAIN_ENDS_AT, type Manifest } from '../../../subsystems/index.ts';

/** A client as its chain of trust makes it. */
export interface Registration {
  entityId: string;
  metadata: Record<string, unknown>;
  policy: string;
  anchor: string;
  expiresAt: Date;
  /** When it said of itself what it is registered with. */
  saidAt: Date;
  /** Whether it may be renewed without its asking. */
  renews: boolean;
  /** Whose client it is, as its manifest was when this was decided. */
  subsystem?: Manifest | undefined;
  /** The digest of what it registered with explicitly. */
  statement?: string;
}

/** What is known of a client that came by its chain before. */
export interface Kept {
  metadata: Record<string, unknown>;
  registeredAt: Date;
  expiresAt: Date;
  saidAt: Date | undefined;
  statement: string | undefined;
  renews: boolean;
  isActive: boolean;
}

/** One at a time for one client, until the transaction ends. */
export async function lockRegistration(trx: Trx, clientId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('federation_client'), hashtext(${clientId}))`.execute(trx);
}

export async function findRegistration(db: Db | Trx, clientId: string): Promise<Kept | undefined> {
  const row = await db
    .selectFrom('federation_client as f')
    .innerJoin('client as c', 'c.client_id', 'f.client_id')
    .select(['f.registered_at', 'f.expires_at', 'f.said_at', 'f.statement', 'f.renews'])
    .select(['c.metadata', 'c.status'])
    .where('f.client_id', '=', clientId)
    .executeTakeFirst();
  return (
    row && {
      ...{ metadata: row.metadata, registeredAt: row.registered_at, expiresAt: row.expires_at },
      ...{ saidAt: row.said_at ?? undefined, statement: row.statement ?? undefined },
      ...{ renews: row.renews, isActive: row.status === 'active' },
    }
  );
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

export async function insertClient(trx: Trx, registration: Registration, now: Date): Promise<void> {
  const { entityId: clientId } = registration;
  await trx
    .insertInto('client')
    .values({ client_id: clientId, subsystem_code: null, metadata: metadataOf(registration) })
    .onConflict((on) => on.column('client_id').doUpdateSet({ metadata: metadataOf(registration) }))
    .execute();
  await trx
    .insertInto('federation_client')
    .values({ client_id: clientId, ...rowOf(registration, now) })
    .execute();
}

/** One that an operator disabled stays so. */
export async function updateClient(trx: Trx, registration: Registration, now: Date): Promise<void> {
  const { entityId: clientId } = registration;
  await trx
    .updateTable('client')
    .set({ metadata: metadataOf(registration) })
    .where('client_id', '=', clientId)
    .execute();
  await trx
    .updateTable('federation_client')
    .set({
      ...rowOf(registration, now),
      ...{ ended_at: null, failure: null, failed_at: null },
      // one that was published earlier makes none of those good again that came since
      said_at: sql<Date>`greatest(said_at, ${registration.saidAt})`,
    })
    .where('client_id', '=', clientId)
    .execute();
}

/** Clients whose chain has ended and whose grants have not. */
export async function listEnded(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ entityId: string; renews: boolean }[]> {
  const rows = await db
    .selectFrom('federation_client')
    .select(['client_id', 'renews'])
    .where('expires_at', '<=', now)
    .where('ended_at', 'is', null)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ entityId: row.client_id, renews: row.renews }));
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

function metadataOf({ entityId, metadata, expiresAt }: Registration): string {
  return JSON.stringify({ ...metadata, client_id: entityId, [CHAIN_ENDS_AT]: expiresAt.toISOString() });
}

function rowOf({ policy, anchor, expiresAt, saidAt, statement, renews }: Registration, now: Date) {
  return {
    ...{ policy, anchor, registered_at: now, expires_at: expiresAt },
    ...{ said_at: saidAt, statement: statement ?? null, renews },
  };
}
