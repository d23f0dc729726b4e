import type { JWK } from 'jose';
import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { KeyPair, SigningAlgorithm } from '../../../signing-keys/index.ts';
import type { FederationKey } from '../types.ts';

/** Every key that is or will be published. */
export async function listFederationKeys(db: Db | Trx, now: Date): Promise<FederationKey[]> {
  const rows = await db
    .selectFrom('federation_key')
    .selectAll()
    .where((eb) => eb.or([eb('publish_until', 'is', null), eb('publish_until', '>', now)]))
    .where('revoked_at', 'is', null)
    .orderBy('sign_from')
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    alg: row.alg as SigningAlgorithm,
    publicJwk: row.public_jwk as unknown as JWK,
    privateSealed: row.private_sealed ?? undefined,
    tokenReference: row.token_reference ?? undefined,
    publishFrom: row.publish_from,
    signFrom: row.sign_from,
    signUntil: row.sign_until ?? undefined,
    publishUntil: row.publish_until ?? undefined,
    revokedAt: undefined,
  }));
}

/** One writer at a time, until the transaction ends. */
export async function lockFederation(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('federation_key'))`.execute(trx);
}

export async function insertFederationKey(
  trx: Trx,
  { kid, alg, publicJwk, privateSealed, tokenReference }: KeyPair,
  times: { publishFrom: Date; signFrom: Date },
  reason: string,
): Promise<void> {
  await trx
    .insertInto('federation_key')
    .values({
      ...{ kid, alg, reason, public_jwk: JSON.stringify(publicJwk) },
      private_sealed: privateSealed ?? null,
      token_reference: tokenReference ?? null,
      ...{ publish_from: times.publishFrom, sign_from: times.signFrom },
      ...{ sign_until: null, publish_until: null, revoked_at: null },
    })
    .execute();
}

/** Sets what changes of a key's times. */
export async function moveFederationKey(
  trx: Trx,
  kid: string,
  times: { signFrom?: Date; signUntil?: Date | null; publishUntil?: Date | null; revokedAt?: Date },
): Promise<void> {
  await trx
    .updateTable('federation_key')
    .set({
      ...(times.signFrom && { sign_from: times.signFrom }),
      ...(times.signUntil !== undefined && { sign_until: times.signUntil }),
      ...(times.publishUntil !== undefined && { publish_until: times.publishUntil }),
      ...(times.revokedAt && { revoked_at: times.revokedAt }),
    })
    .where('kid', '=', kid)
    .execute();
}
