import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';

export interface InitialToken {
  handle: string;
  label: string;
  usesLeft: number | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export async function insertInitialToken(
  trx: Trx,
  token: { digest: Buffer; label: string; reason: string; uses: number; expiresAt: Date },
): Promise<string> {
  const { handle } = await trx
    .insertInto('registration_token')
    .values({
      id_digest: token.digest,
      kind: 'initial',
      label: token.label,
      reason: token.reason,
      uses_left: token.uses,
      expires_at: token.expiresAt,
    })
    .returning('handle')
    .executeTakeFirstOrThrow();
  return handle;
}

/** Those that operators issued, the newest first. */
export async function listInitialTokens(db: Db): Promise<InitialToken[]> {
  return db
    .selectFrom('registration_token')
    .select([
      'handle',
      'label',
      'uses_left as usesLeft',
      'expires_at as expiresAt',
      'revoked_at as revokedAt',
    ])
    .where('kind', '=', 'initial')
    .orderBy('created_at', 'desc')
    .limit(200)
    .execute();
}

/** @returns false when there is none that still works */
export async function revokeInitialToken(trx: Trx, handle: string): Promise<boolean> {
  const result = await trx
    .updateTable('registration_token')
    .set({ revoked_at: sql<Date>`now()` })
    .where(sql<boolean>`handle::text = ${handle}`)
    .where('kind', '=', 'initial')
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
