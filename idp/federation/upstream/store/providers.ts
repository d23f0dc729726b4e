import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { providerSchema } from '../manifest.ts';
import type { ProviderManifest } from '../manifest.ts';
import type { UpstreamProvider } from '../types.ts';

/** Every provider, in the order of the codes. */
export async function listProviders(db: Db | Trx): Promise<UpstreamProvider[]> {
  const rows = await db.selectFrom('upstream_provider').selectAll().orderBy('code').execute();
  return rows.map((row) => ({
    code: row.code,
    issuer: row.issuer,
    manifest: providerSchema.parse(row.manifest),
    secretSealed: row.secret_sealed ?? undefined,
    active: row.status === 'active',
    version: row.version,
  }));
}

/** One change of providers at a time. */
export async function lockProviders(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('upstream providers'))`.execute(trx);
}

/** A disabled provider stays disabled; a secret that is not given stays as it is. */
export async function upsertProvider(
  trx: Trx,
  manifest: ProviderManifest,
  { secretSealed, now }: { secretSealed: Buffer | undefined; now: Date },
): Promise<void> {
  const values = {
    issuer: manifest.issuer,
    manifest: JSON.stringify(manifest),
    ...(secretSealed && { secret_sealed: secretSealed }),
    updated_at: now,
  };
  await trx
    .insertInto('upstream_provider')
    .values({ secret_sealed: null, ...values, code: manifest.code })
    .onConflict((on) =>
      on.column('code').doUpdateSet({ ...values, version: sql<number>`upstream_provider.version + 1` }),
    )
    .execute();
}

export async function updateProviderStatus(
  trx: Trx,
  code: string,
  status: 'active' | 'disabled',
  now: Date,
): Promise<void> {
  await trx
    .updateTable('upstream_provider')
    .set({ status, updated_at: now })
    .where('code', '=', code)
    .execute();
}

export interface Reach {
  links: number;
  sessions: number;
}

/** How many accounts are linked at each provider, and how many sessions its sign-ins began. */
export async function countReach(db: Db | Trx): Promise<Map<string, Reach>> {
  const { rows } = await sql<{ code: string } & Reach>`
    select p.code, count(distinct l.id)::int as links, count(s.session_uid)::int as sessions
    from upstream_provider p
    left join upstream_link l on l.provider_code = p.code
    left join upstream_session s on s.link_id = l.id
    group by p.code`.execute(db);
  return new Map(rows.map(({ code, links, sessions }) => [code, { links, sessions }]));
}

/** The sessions that sign-ins at this provider began, kept as they are until the transaction ends. */
export async function lockSessionsOfProvider(trx: Trx, code: string): Promise<string[]> {
  const { rows } = await sql<{ uid: string }>`
    select o.uid from oidc_session o
    join upstream_session s on s.session_uid = o.uid
    join upstream_link l on l.id = s.link_id
    where l.provider_code = ${code} order by o.uid for update of o`.execute(trx);
  return rows.map(({ uid }) => uid);
}
