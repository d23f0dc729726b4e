import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

export async function insertChallenge(
  db: Db,
  challenge: { nonceDigest: Buffer; scope: Buffer; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('hca_challenge')
    .values({
      nonce_digest: challenge.nonceDigest,
      scope: challenge.scope,
      expires_at: challenge.expiresAt,
      used_at: null,
    })
    .execute();
}

/**
 * Uses a challenge up, in one statement: of any number at once, one gets it.
 * @returns when it expires; undefined when it is used, of another scope, or was never given out
 */
export async function takeChallenge(
  db: Db | Trx,
  nonceDigest: Buffer,
  scope: Buffer,
  now: Date,
): Promise<Date | undefined> {
  const row = await db
    .updateTable('hca_challenge')
    .set({ used_at: now })
    .where('nonce_digest', '=', nonceDigest)
    .where('scope', '=', scope)
    .where('used_at', 'is', null)
    .returning('expires_at')
    .executeTakeFirst();
  return row?.expires_at;
}

/** The unit a certificate was registered for by the agency. */
export async function findRegisteredUnit(
  db: Db | Trx,
  of: { issuer: string; serial: string },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('hca_unit_certificate')
    .select('unit_code')
    .where('issuer', '=', of.issuer)
    .where('serial', '=', of.serial)
    .executeTakeFirst();
  return row?.unit_code;
}

export async function saveRegisteredUnit(
  trx: Trx,
  entry: { issuer: string; serial: string; unitCode: string; reason: string },
): Promise<void> {
  const changes = { unit_code: entry.unitCode, reason: entry.reason, registered_at: sql<Date>`now()` };
  await trx
    .insertInto('hca_unit_certificate')
    .values({ issuer: entry.issuer, serial: entry.serial, ...changes })
    .onConflict((conflict) => conflict.columns(['issuer', 'serial']).doUpdateSet(changes))
    .execute();
}
