import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { olderForm, wholeManifest } from './older-form.ts';
import { isFormer } from './store/former.ts';
import type { ListedSubsystem, RegisteredClient, Subsystem } from './types.ts';

/**
 * Clients changed since `revision` (0: all of them), each with its subsystem.
 * @param known revisions of those the caller has, which are not read again
 */
export async function listClientsSince(
  db: Db | Trx,
  revision: number,
  known: number[] = [],
): Promise<RegisteredClient[]> {
  const rows = await db
    .selectFrom('client')
    .leftJoin('subsystem', 'subsystem.code', 'client.subsystem_code')
    .select(['client_id', 'metadata', 'secret_digest', 'client.status', 'revision', 'subsystem_code'])
    .select(['previous_secret_digest', 'previous_secret_until', 'sector'])
    .select([
      'manifest',
      'full_manifest',
      'readiness',
      'pairwise',
      'suffix',
      'subsystem.status as subsystem_status',
    ])
    .where('revision', '>', revision)
    .where(sql<boolean>`revision <> all(${known}::bigint[])`)
    .orderBy('revision')
    .execute();
  return rows.map((row) => ({
    clientId: row.client_id,
    metadata: row.metadata,
    secretDigest: row.secret_digest ?? undefined,
    previousSecret:
      row.previous_secret_digest !== null && row.previous_secret_until !== null
        ? { digest: row.previous_secret_digest, until: row.previous_secret_until }
        : undefined,
    active: row.status === 'active' && row.subsystem_status !== 'disabled',
    revision: row.revision,
    sector: row.metadata['subject_type'] === 'pairwise' ? (row.sector ?? undefined) : undefined,
    subsystem: row.manifest === null ? undefined : toSubsystem(toManifest(row)),
  }));
}

interface ManifestRow {
  manifest: unknown;
  full_manifest: unknown;
  readiness: unknown;
  pairwise: unknown;
}

function toManifest(row: ManifestRow): Manifest {
  const whole = wholeManifest(row.full_manifest, row.manifest);
  if (whole !== undefined) return manifestSchema.parse(whole);
  const manifest = row.manifest as { client: object };
  return manifestSchema.parse({
    ...manifest,
    client: { ...manifest.client, ...(row.pairwise as object | null) },
    ...(row.readiness !== null && { readiness: row.readiness }),
  });
}

/** Subsystems in the order of their codes, each with its client's status. */
export async function listSubsystems(db: Db): Promise<ListedSubsystem[]> {
  const rows = await db
    .selectFrom('subsystem as s')
    .leftJoin('client as c', 'c.subsystem_code', 's.code')
    .select([
      's.code',
      's.manifest',
      's.full_manifest',
      's.readiness',
      's.pairwise',
      'c.client_id as clientId',
      'c.status',
    ])
    .select((eb) =>
      eb
        .selectFrom('subsystem_version as v')
        .select((version) => version.fn.max('v.version').as('newest'))
        .whereRef('v.subsystem_code', '=', 's.code')
        .as('version'),
    )
    .orderBy('s.code')
    .execute();
  return rows.map((row) => ({
    subsystem: toSubsystem(toManifest(row)),
    clientId: row.clientId ?? '',
    active: row.status === 'active',
    version: row.version ?? 0,
  }));
}

/** What of this another subsystem has: the account suffix, the client id, resources. @returns their places */
export async function findTaken(
  db: Db | Trx,
  { code, suffix, client, resources }: Manifest,
): Promise<string[]> {
  const owner = await db
    .selectFrom('subsystem')
    .select('code')
    .where('suffix', '=', suffix)
    .where('code', '<>', code)
    .executeTakeFirst();
  const holder = await db
    .selectFrom('client')
    .select('client_id')
    .where('client_id', '=', client.client_id)
    .where('subsystem_code', 'is distinct from', code)
    .where((eb) => eb.not(isFormer(code)))
    .executeTakeFirst();
  const claimed = await claimedResources(
    db,
    code,
    resources.map(({ identifier }) => identifier),
  );
  return [
    ...(owner ? ['suffix'] : []),
    ...(holder ? ['client.client_id'] : []),
    ...resources.flatMap(({ identifier }, at) =>
      claimed.has(identifier) ? [`resources.${at}.identifier`] : [],
    ),
  ];
}

/** A resource is an audience: were it two subsystems', neither could tell whom a token is for. */
async function claimedResources(db: Db | Trx, code: string, identifiers: string[]): Promise<Set<string>> {
  if (identifiers.length === 0) return new Set();
  const { rows } = await sql<{ identifier: string }>`
    select resource->>'identifier' as identifier
    from subsystem s, jsonb_array_elements(coalesce(s.full_manifest, s.manifest)->'resources') resource
    where s.code <> ${code} and resource->>'identifier' = any(${identifiers})`.execute(db);
  return new Set(rows.map((row) => row.identifier));
}

export function toSubsystem(manifest: Manifest): Subsystem {
  const { code, suffix, colour, name, shortName } = manifest;
  return { code, suffix, colour, name, shortName, manifest };
}

/** What is newer than the first manifests stands in columns of its own: an older release refuses what it does not know. */
export async function upsertSubsystem(trx: Trx, manifest: Manifest, now: Date): Promise<void> {
  const { readiness } = manifest;
  const { subject_type, sector_identifier_uri } = manifest.client;
  const values = {
    code: manifest.code,
    suffix: manifest.suffix,
    manifest: JSON.stringify(olderForm(manifest)),
    full_manifest: JSON.stringify(manifest),
    readiness: readiness ? JSON.stringify(readiness) : null,
    pairwise: subject_type ? JSON.stringify({ subject_type, sector_identifier_uri }) : null,
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
  secretSetAt: Date;
  /** Kept for good once it is there. */
  sector?: string | undefined;
}

/** @returns false when a client of that id belongs to another subsystem */
export async function upsertClient(trx: Trx, client: ClientRow): Promise<boolean> {
  const values = {
    client_id: client.clientId,
    subsystem_code: client.subsystemCode,
    metadata: JSON.stringify(client.metadata),
  };
  const secret = client.secretDigest && {
    secret_digest: client.secretDigest,
    secret_set_at: client.secretSetAt,
  };
  const result = await trx
    .insertInto('client')
    .values({ ...values, sector: client.sector ?? null, secret_digest: null, ...secret })
    .onConflict((on) =>
      on
        .column('client_id')
        .doUpdateSet((eb) => ({
          ...values,
          ...secret,
          sector: eb.fn.coalesce('client.sector', eb.ref('excluded.sector')),
        }))
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

/** Everything issued under a grant dies with its row. @returns how many grants ended */
export async function deleteGrantsOfClient(trx: Trx, clientId: string): Promise<number> {
  const result = await trx.deleteFrom('oidc_grant').where('client_id', '=', clientId).executeTakeFirst();
  return Number(result.numDeletedRows);
}
