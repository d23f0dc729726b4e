import type { Db, Trx } from '#db/mch/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { digest } from '#kit/random.ts';
import type { Transaction } from './types.ts';

const SECRETS = 'sign-in-transaction';

export async function insertTransaction(
  db: Db,
  keyring: Keyring,
  transaction: Transaction & { state: string; browserId: string; expiresAt: Date },
): Promise<void> {
  const { nonce, codeVerifier, state } = transaction;
  const secrets = Buffer.from(JSON.stringify({ nonce, codeVerifier }));
  await db
    .insertInto('sign_in_transaction')
    .values({
      state_digest: digest(state),
      browser_digest: digest(transaction.browserId),
      secrets_sealed: keyring.seal(SECRETS, secrets, digest(state).toString('hex')),
      purpose: transaction.purpose,
      account_id: transaction.accountId ?? null,
      max_age: transaction.maxAge ?? null,
      return_to: transaction.returnTo,
      expires_at: transaction.expiresAt,
    })
    .execute();
}

/** Takes the transaction out: whoever comes second, later or from another browser finds nothing. */
export async function takeTransaction(
  db: Db,
  keyring: Keyring,
  state: string,
  browserId: string,
  now: Date,
): Promise<Transaction | undefined> {
  const row = await db
    .deleteFrom('sign_in_transaction')
    .where('state_digest', '=', digest(state))
    .where('browser_digest', '=', digest(browserId))
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  const secrets = keyring.open(SECRETS, row.secrets_sealed, row.state_digest.toString('hex'));
  return {
    ...(JSON.parse(secrets.toString()) as Pick<Transaction, 'nonce' | 'codeVerifier'>),
    purpose: row.purpose,
    ...(row.account_id === null ? {} : { accountId: row.account_id }),
    ...(row.max_age === null ? {} : { maxAge: row.max_age }),
    returnTo: row.return_to,
  };
}

/** Notes a logout token's `jti`. @returns false when it was seen before */
export async function rememberLogoutToken(trx: Trx, jti: string, expiresAt: Date): Promise<boolean> {
  const result = await trx
    .insertInto('logout_token_seen')
    .values({ jti_digest: digest(jti), expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Removes at most `limit` expired rows of a kind. @returns how many */
export async function deleteExpired(
  trx: Trx,
  table: 'sign_in_transaction' | 'logout_token_seen',
  now: Date,
  limit: number,
): Promise<number> {
  const key = table === 'sign_in_transaction' ? 'state_digest' : 'jti_digest';
  const expired = trx.selectFrom(table).select(key).where('expires_at', '<=', now).limit(limit);
  const result = await trx.deleteFrom(table).where(key, 'in', expired).executeTakeFirst();
  return Number(result.numDeletedRows);
}
