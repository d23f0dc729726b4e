import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Passkey } from './types.ts';

const COLUMNS = [
  'id',
  'account_id as accountId',
  'public_key as publicKey',
  'counter',
  'transports',
  'name',
  'added_at as addedAt',
  'last_used_at as lastUsedAt',
] as const;

/** Keeps one challenge for a scope; the one before is void. */
export async function saveChallenge(
  db: Db,
  challenge: { scope: Buffer; value: string; expiresAt: Date },
): Promise<void> {
  const changes = { value: challenge.value, expires_at: challenge.expiresAt };
  await db
    .insertInto('webauthn_challenge')
    .values({ scope: challenge.scope, ...changes })
    .onConflict((conflict) => conflict.column('scope').doUpdateSet(changes))
    .execute();
}

/** Uses the scope's challenge up, whatever is answered to it. */
export async function takeChallenge(db: Db, scope: Buffer, now: Date): Promise<string | undefined> {
  const row = await db
    .deleteFrom('webauthn_challenge')
    .where('scope', '=', scope)
    .returning(['value', 'expires_at'])
    .executeTakeFirst();
  return row && row.expires_at > now ? row.value : undefined;
}

/** @returns false when a credential of that id is registered already, for whomever */
export async function insertPasskey(trx: Trx, passkey: Omit<Passkey, 'lastUsedAt'>): Promise<boolean> {
  const result = await trx
    .insertInto('passkey')
    .values({
      id: passkey.id,
      account_id: passkey.accountId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: passkey.transports,
      name: passkey.name,
      added_at: passkey.addedAt,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findPasskey(db: Db, id: string): Promise<Passkey | undefined> {
  return db.selectFrom('passkey').select(COLUMNS).where('id', '=', id).executeTakeFirst();
}

export async function listPasskeys(db: Db | Trx, accountId: string): Promise<Passkey[]> {
  const passkeys = db.selectFrom('passkey').select(COLUMNS).where('account_id', '=', accountId);
  return passkeys.orderBy('added_at').execute();
}

/**
 * Notes a use. A counter that does not grow betrays a copy; authenticators that keep none always say 0.
 * @returns false then, also of two uses at once with one count
 */
export async function recordUse(db: Db, id: string, counter: number, at: Date): Promise<boolean> {
  const result = await db
    .updateTable('passkey')
    .set({ counter, last_used_at: at })
    .where('id', '=', id)
    .where((row) =>
      row.or([row('counter', '<', counter), row.and([row('counter', '=', 0), sql<boolean>`${counter} = 0`])]),
    )
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function renamePasskey(trx: Trx, accountId: string, id: string, name: string): Promise<void> {
  await trx
    .updateTable('passkey')
    .set({ name })
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .execute();
}

export async function deletePasskey(trx: Trx, accountId: string, id: string): Promise<void> {
  await trx.deleteFrom('passkey').where('id', '=', id).where('account_id', '=', accountId).execute();
}
