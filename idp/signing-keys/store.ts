import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { SigningAlgorithm, SigningKey } from './types.ts';

/** Every key that is or will be published. */
export async function listKeys(db: Db, now: Date): Promise<SigningKey[]> {
  const rows = await db
    .selectFrom('signing_key')
    .selectAll()
    .where((eb) => eb.or([eb('publish_until', 'is', null), eb('publish_until', '>', now)]))
    .where('revoked_at', 'is', null)
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    alg: row.alg as SigningAlgorithm,
    publicJwk: row.public_jwk as unknown as SigningKey['publicJwk'],
    privateSealed: row.private_sealed,
    publishFrom: row.publish_from,
    signFrom: row.sign_from,
    signUntil: row.sign_until ?? undefined,
    publishUntil: row.publish_until ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  }));
}

/** One writer at a time, across every replica, until the transaction ends. */
export async function lockSigningKeys(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('signing_key'))`.execute(trx);
}

export async function insertKey(trx: Trx, key: SigningKey, reason: string): Promise<void> {
  await trx
    .insertInto('signing_key')
    .values({
      kid: key.kid,
      alg: key.alg,
      public_jwk: JSON.stringify(key.publicJwk),
      private_sealed: key.privateSealed,
      publish_from: key.publishFrom,
      sign_from: key.signFrom,
      sign_until: key.signUntil ?? null,
      publish_until: key.publishUntil ?? null,
      revoked_at: null,
      reason,
    })
    .execute();
}
