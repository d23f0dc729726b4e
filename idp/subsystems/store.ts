import type { Db, Trx } from '#db/idp/tables.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import type { RegisteredClient, Subsystem } from './types.ts';

/** Clients changed since `revision` (0: all of them), each with its subsystem. */
export async function listClientsSince(db: Db, revision: number): Promise<RegisteredClient[]> {
  const rows = await db
    .selectFrom('client')
    .leftJoin('subsystem', 'subsystem.code', 'client.subsystem_code')
    .select(['client_id', 'metadata', 'secret_digest', 'client.status', 'revision', 'subsystem_code'])
    .select(['manifest', 'suffix', 'subsystem.status as subsystem_status'])
    .where('revision', '>', revision)
    .orderBy('revision')
    .execute();
  return rows.map((row) => ({
    clientId: row.client_id,
    metadata: row.metadata,
    secretDigest: row.secret_digest ?? undefined,
    active: row.status === 'active' && row.subsystem_status !== 'disabled',
    revision: row.revision,
    subsystem: row.manifest === null ? undefined : toSubsystem(manifestSchema.parse(row.manifest)),
  }));
}

export function toSubsystem(manifest: Manifest): Subsystem {
  const { code, suffix, colour, name, shortName } = manifest;
  return { code, suffix, colour, name, shortName, manifest };
}

export async function upsertSubsystem(trx: Trx, manifest: Manifest, now: Date): Promise<void> {
  const values = {
    code: manifest.code,
    suffix: manifest.suffix,
    manifest: JSON.stringify(manifest),
    updated_at: now,
  };
  await trx
    .insertInto('subsystem')
    .values(values)
    .onConflict((on) => on.column('code').doUpdateSet(values))
    .execute();
}

export interface ClientRow {
  clientId: string;
  subsystemCode: string | null;
  metadata: Record<string, unknown>;
  /** undefined keeps the secret the client has. */
  secretDigest: Buffer | undefined;
}

/** @returns false when a client of that id belongs to another subsystem */
export async function upsertClient(trx: Trx, client: ClientRow): Promise<boolean> {
  const values = {
    client_id: client.clientId,
    subsystem_code: client.subsystemCode,
    metadata: JSON.stringify(client.metadata),
  };
  const result = await trx
    .insertInto('client')
    .values({ ...values, secret_digest: client.secretDigest ?? null })
    .onConflict((on) =>
      on
        .column('client_id')
        .doUpdateSet(client.secretDigest ? { ...values, secret_digest: client.secretDigest } : values)
        .where('client.subsystem_code', 'is not distinct from', client.subsystemCode),
    )
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findClientScope(trx: Trx, clientId: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('client')
    .select('metadata')
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  const scope = row?.metadata['scope'];
  return typeof scope === 'string' ? scope : undefined;
}

export async function updateClientStatus(
  trx: Trx,
  clientId: string,
  status: 'active' | 'disabled',
): Promise<boolean> {
  const result = await trx
    .updateTable('client')
    .set({ status })
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Everything issued under a grant dies with its row. */
export async function deleteGrantsOfClient(trx: Trx, clientId: string): Promise<void> {
  await trx.deleteFrom('oidc_grant').where('client_id', '=', clientId).execute();
}
