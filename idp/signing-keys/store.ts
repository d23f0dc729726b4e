import type { JWK } from 'jose';
import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { PublicKey, SigningAlgorithm, SigningKey } from './types.ts';

const MOST_RETIRED = 50;

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
    privateSealed: row.private_sealed ?? undefined,
    tokenReference: row.token_reference ?? undefined,
    publishFrom: row.publish_from,
    signFrom: row.sign_from,
    signUntil: row.sign_until ?? undefined,
    publishUntil: row.publish_until ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    ...(row.sign_earliest &&
      row.sign_deadline && { wait: { earliest: row.sign_earliest, deadline: row.sign_deadline } }),
    promotedAt: row.promoted_at ?? undefined,
    promotedWithout: row.promoted_without ?? undefined,
  }));
}

/** The algorithms that something can be signed with now. */
export async function listSigningAlgorithms(db: Db | Trx): Promise<string[]> {
  const rows = await db
    .selectFrom('signing_key')
    .select('alg')
    .distinct()
    .where('revoked_at', 'is', null)
    .where('sign_from', '<=', sql<Date>`now()`)
    .where((eb) => eb.or([eb('sign_until', 'is', null), eb('sign_until', '>', sql<Date>`now()`)]))
    .execute();
  return rows.map(({ alg }) => alg);
}

/** The public halves of every published key. */
export async function listPublishedKeys(db: Db, now: Date): Promise<JWK[]> {
  const keys = await listKeys(db, now);
  return keys
    .filter(({ publishFrom }) => publishFrom <= now)
    .map(({ publicJwk, kid, alg }) => ({ ...publicJwk, kid, alg, use: 'sig' }));
}

/** The public halves of keys that left the JWKS after `since` without having been revoked, newest first. */
export async function listRetiredKeys(db: Db, since: Date, now: Date): Promise<PublicKey[]> {
  const rows = await db
    .selectFrom('signing_key')
    .select(['kid', 'alg', 'public_jwk'])
    .where('publish_until', '<=', now)
    .where('publish_until', '>', since)
    .where('revoked_at', 'is', null)
    .orderBy('publish_until', 'desc')
    .limit(MOST_RETIRED)
    .execute();
  return rows.map((row) => ({
    kid: row.kid,
    alg: row.alg as SigningAlgorithm,
    publicJwk: row.public_jwk as unknown as JWK,
  }));
}

/** The public half of a key, however long ago it signed; to verify what is kept for years. */
export async function findPublicKey(db: Db, kid: string): Promise<JWK | undefined> {
  const row = await db
    .selectFrom('signing_key')
    .select('public_jwk')
    .where('kid', '=', kid)
    .executeTakeFirst();
  return row?.public_jwk;
}

/** One writer at a time, across every replica, until the transaction ends. */
export async function lockSigningKeys(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('signing_key'))`.execute(trx);
}

export async function insertKey(
  trx: Trx,
  key: SigningKey,
  of: { reason: string; imported: boolean },
): Promise<void> {
  await trx
    .insertInto('signing_key')
    .values({
      kid: key.kid,
      alg: key.alg,
      public_jwk: JSON.stringify(key.publicJwk),
      private_sealed: key.privateSealed ?? null,
      token_reference: key.tokenReference ?? null,
      publish_from: key.publishFrom,
      sign_from: key.signFrom,
      sign_until: key.signUntil ?? null,
      publish_until: key.publishUntil ?? null,
      revoked_at: null,
      sign_earliest: key.wait?.earliest ?? null,
      sign_deadline: key.wait?.deadline ?? null,
      ...of,
    })
    .execute();
}

export async function closeKey(
  trx: Trx,
  end: { kid: string; signUntil: Date; publishUntil: Date },
): Promise<void> {
  await trx
    .updateTable('signing_key')
    .set({ sign_until: end.signUntil, publish_until: end.publishUntil })
    .where('kid', '=', end.kid)
    .execute();
}

/** Gives a key whose successor is gone its open end back. */
export async function reopenKey(trx: Trx, kid: string): Promise<void> {
  const open = { sign_until: null, publish_until: null };
  await trx.updateTable('signing_key').set(open).where('kid', '=', kid).execute();
}

export async function setSignFrom(trx: Trx, kid: string, at: Date): Promise<void> {
  await trx.updateTable('signing_key').set({ sign_from: at }).where('kid', '=', kid).execute();
}

export async function endPublication(trx: Trx, kid: string, at: Date): Promise<void> {
  await trx.updateTable('signing_key').set({ publish_until: at }).where('kid', '=', kid).execute();
}

/** Remembers that a key began to sign, and which clients had not fetched it. @returns false when it was before */
export async function markPromoted(trx: Trx, kid: string, at: Date, without: string[]): Promise<boolean> {
  const result = await trx
    .updateTable('signing_key')
    .set({ promoted_at: at, promoted_without: without })
    .where('kid', '=', kid)
    .where('promoted_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** The public halves of every key there ever was; one that was revoked never comes back under another name. */
export async function listKnownKeys(db: Db): Promise<{ kid: string; publicJwk: JWK }[]> {
  const rows = await db.selectFrom('signing_key').select(['kid', 'public_jwk']).execute();
  return rows.map((row) => ({ kid: row.kid, publicJwk: row.public_jwk as unknown as JWK }));
}

/** @returns the algorithm of the key, or undefined when there is none of that id still in use */
export async function markRevoked(trx: Trx, kid: string, at: Date): Promise<SigningAlgorithm | undefined> {
  const row = await trx
    .updateTable('signing_key')
    .set({ revoked_at: at })
    .where('kid', '=', kid)
    .where('revoked_at', 'is', null)
    .returning('alg')
    .executeTakeFirst();
  return row?.alg as SigningAlgorithm | undefined;
}

export interface KeyRow {
  kid: string;
  alg: string;
  publishFrom: Date;
  signFrom: Date;
  signUntil: Date | null;
  publishUntil: Date | null;
  revokedAt: Date | null;
  reason: string;
  signEarliest: Date | null;
  signDeadline: Date | null;
  promotedWithout: string[] | null;
  imported: boolean;
}

/** Every key there ever was, newest first. */
export async function listKeyHistory(db: Db): Promise<KeyRow[]> {
  return db
    .selectFrom('signing_key')
    .select(['kid', 'alg', 'reason', 'publish_from as publishFrom', 'sign_from as signFrom'])
    .select(['sign_until as signUntil', 'publish_until as publishUntil', 'revoked_at as revokedAt'])
    .select(['sign_earliest as signEarliest', 'sign_deadline as signDeadline', 'imported'])
    .select('promoted_without as promotedWithout')
    .orderBy('created_at', 'desc')
    .execute();
}
