import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { ClientSecrets } from '../types.ts';

/** A client's secrets as they stand, held until the transaction ends. */
export async function lockClientSecrets(
  trx: Trx,
  clientId: string,
): Promise<(ClientSecrets & { digest: Buffer | undefined; method: string }) | undefined> {
  const row = await trx
    .selectFrom('client')
    .select(['secret_digest', 'secret_set_at', 'previous_secret_digest', 'previous_secret_until', 'metadata'])
    .where('client_id', '=', clientId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    digest: row.secret_digest ?? undefined,
    method: String(row.metadata['token_endpoint_auth_method']),
    setAt: row.secret_set_at ?? undefined,
    hasSecret: row.secret_digest !== null,
    previousUntil: row.previous_secret_digest === null ? undefined : (row.previous_secret_until ?? undefined),
  };
}

/** What is known of a client's secrets; never the secrets. */
export async function findClientSecrets(db: Db, clientId: string): Promise<ClientSecrets> {
  const row = await db
    .selectFrom('client')
    .select(['secret_set_at', 'previous_secret_until'])
    .select(sql<boolean>`secret_digest is not null`.as('has_secret'))
    .select(sql<boolean>`previous_secret_digest is not null and previous_secret_until > now()`.as('overlaps'))
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return {
    hasSecret: row?.has_secret === true,
    setAt: row?.secret_set_at ?? undefined,
    previousUntil: row?.overlaps === true ? (row.previous_secret_until ?? undefined) : undefined,
  };
}

/** Puts a new secret in front; the one before stays good until `previousUntil`. */
export async function replaceSecret(
  trx: Trx,
  clientId: string,
  secret: { digest: Buffer; previousDigest: Buffer | undefined; previousUntil: Date | undefined; at: Date },
): Promise<void> {
  await trx
    .updateTable('client')
    .set({
      secret_digest: secret.digest,
      secret_set_at: secret.at,
      previous_secret_digest: secret.previousDigest ?? null,
      previous_secret_until: secret.previousUntil ?? null,
    })
    .where('client_id', '=', clientId)
    .execute();
}

/** @returns false when no earlier secret was good any more */
export async function dropPreviousSecret(trx: Trx, clientId: string): Promise<boolean> {
  const result = await trx
    .updateTable('client')
    .set({ previous_secret_digest: null, previous_secret_until: null })
    .where('client_id', '=', clientId)
    .where('previous_secret_digest', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
