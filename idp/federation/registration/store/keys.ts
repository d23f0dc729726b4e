import { type Selectable, sql } from 'kysely';
import type { FederationTables } from '#db/idp/federation-tables.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { KeyPair, SigningAlgorithm } from '../../../signing-keys/index.ts';
import type { FederationKey } from '../types.ts';

const MOST_SHOWN = 50;

/** Every key that is or will be published. */
export async function listFederationKeys(db: Db | Trx, now: Date): Promise<FederationKey[]> {
  const rows = await selectKeys(db)
    .where((eb) => eb.or([eb('publish_until', 'is', null), eb('publish_until', '>', now)]))
    .where('revoked_at', 'is', null)
    .orderBy('sign_from')
    .execute();
  return rows.map(keyOf);
}

/** Those that are gone as well, the newest first, and why each was made or revoked. */
export async function listFederationKeyHistory(db: Db): Promise<(FederationKey & { reason: string })[]> {
  const rows = await selectKeys(db)
    .leftJoin('key_revocation', 'key_revocation.kid', 'federation_key.kid')
    .select('key_revocation.reason as whyRevoked')
    .orderBy('federation_key.created_at', 'desc')
    .limit(MOST_SHOWN)
    .execute();
  return rows.map((row) => ({ ...keyOf(row), reason: row.whyRevoked ?? row.reason }));
}

const selectKeys = (db: Db | Trx) => db.selectFrom('federation_key').selectAll('federation_key');

function keyOf(row: Selectable<FederationTables['federation_key']>): FederationKey {
  return {
    kid: row.kid,
    alg: row.alg as SigningAlgorithm,
    publicJwk: row.public_jwk,
    privateSealed: row.private_sealed ?? undefined,
    tokenReference: row.token_reference ?? undefined,
    publishFrom: row.publish_from,
    signFrom: row.sign_from,
    signUntil: row.sign_until ?? undefined,
    publishUntil: row.publish_until ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    awaitsSuperiors: row.awaits_superiors,
  };
}

/** One writer at a time, until the transaction ends. */
export async function lockFederation(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('federation_key'))`.execute(trx);
}

export async function insertFederationKey(
  trx: Trx,
  { kid, alg, publicJwk, privateSealed, tokenReference }: KeyPair,
  times: { publishFrom: Date; signFrom: Date },
  { reason, awaitsSuperiors }: { reason: string; awaitsSuperiors: boolean },
): Promise<void> {
  await trx
    .insertInto('federation_key')
    .values({
      ...{ kid, alg, reason, public_jwk: JSON.stringify(publicJwk), awaits_superiors: awaitsSuperiors },
      private_sealed: privateSealed ?? null,
      token_reference: tokenReference ?? null,
      ...{ publish_from: times.publishFrom, sign_from: times.signFrom },
      ...{ sign_until: null, publish_until: null, revoked_at: null },
    })
    .execute();
}

/** Sets what changes of a key's times; with a beginning it waits for nobody any more. */
export async function moveFederationKey(
  trx: Trx,
  kid: string,
  times: { signFrom?: Date; signUntil?: Date | null; publishUntil?: Date | null; revokedAt?: Date },
): Promise<void> {
  await trx
    .updateTable('federation_key')
    .set({
      ...(times.signFrom && { sign_from: times.signFrom, awaits_superiors: false }),
      ...(times.signUntil !== undefined && { sign_until: times.signUntil }),
      ...(times.publishUntil !== undefined && { publish_until: times.publishUntil }),
      ...(times.revokedAt && { revoked_at: times.revokedAt }),
    })
    .where('kid', '=', kid)
    .execute();
}
