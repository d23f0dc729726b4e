import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Locale } from '#kit/http/locale.ts';
import { ACCOUNT_COLUMNS, type Account } from '../accounts/index.ts';
import type { Caller } from '../audit/index.ts';
import type { ResetLink } from './types.ts';

export interface SealedRequest {
  contentSealed: Buffer;
  locale: Locale;
  requestedAt: Date;
  caller: Caller;
}

export async function insertRequest(db: Db, request: SealedRequest): Promise<void> {
  const { caller } = request;
  await db
    .insertInto('password_reset_request')
    .values({
      content_sealed: request.contentSealed,
      locale: request.locale,
      requested_at: request.requestedAt,
      ip: caller.ip,
      user_agent: caller.userAgent,
      request_id: caller.requestId,
    })
    .execute();
}

/** Removes the oldest request nobody else is at, and returns it; it is back if the transaction fails. */
export async function takeRequest(trx: Trx): Promise<SealedRequest | undefined> {
  const row = await trx
    .deleteFrom('password_reset_request')
    .where('id', '=', (oldest) =>
      oldest
        .selectFrom('password_reset_request')
        .select('id')
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    contentSealed: row.content_sealed,
    locale: row.locale,
    requestedAt: row.requested_at,
    caller: { ip: row.ip, userAgent: row.user_agent, requestId: row.request_id },
  };
}

/** The account of this name, held until the transaction ends, so that its links are counted one at a time. */
export async function lockAccount(trx: Trx, loginName: string): Promise<Account | undefined> {
  return trx
    .selectFrom('account')
    .select(ACCOUNT_COLUMNS)
    .where('login_name', '=', loginName)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function countLinksSince(db: Db | Trx, accountId: string, since: Date): Promise<number> {
  const row = await db
    .selectFrom('password_reset')
    .select((expression) => expression.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('requested_at', '>', since)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function insertLink(
  trx: Trx,
  link: { digest: Buffer; accountId: string; requestedAt: Date; expiresAt: Date },
): Promise<void> {
  await trx
    .insertInto('password_reset')
    .values({
      token_digest: link.digest,
      account_id: link.accountId,
      requested_at: link.requestedAt,
      expires_at: link.expiresAt,
    })
    .execute();
}

export async function findLink(db: Db | Trx, digest: Buffer): Promise<ResetLink | undefined> {
  const row = await db
    .selectFrom('password_reset')
    .innerJoin('account', 'account.id', 'password_reset.account_id')
    .leftJoin('totp_credential as totp', 'totp.account_id', 'account.id')
    .select(ACCOUNT_COLUMNS)
    .select((row) => [
      row('totp.account_id', 'is not', null).as('hasTotp'),
      row
        .exists(
          row.selectFrom('passkey').select('passkey.id').whereRef('passkey.account_id', '=', 'account.id'),
        )
        .as('hasPasskey'),
      row
        .exists(
          row
            .selectFrom('person_card')
            .select('person_card.id')
            .whereRef('person_card.account_id', '=', 'account.id'),
        )
        .as('hasCard'),
    ])
    .select([
      'password_reset.expires_at as linkExpiresAt',
      'password_reset.ended_by as endedBy',
      'password_reset.browser_digest as browserDigest',
      'password_reset.proven_until as provenUntil',
    ])
    .where('token_digest', '=', digest)
    .executeTakeFirst();
  if (!row) return undefined;
  const { linkExpiresAt: expiresAt, endedBy, browserDigest, provenUntil, ...owner } = row;
  const { hasTotp, hasPasskey, hasCard } = owner;
  const factors = { hasTotp: Boolean(hasTotp), hasPasskey: Boolean(hasPasskey), hasCard: Boolean(hasCard) };
  const person = { ...owner, ...factors };
  return { digest, owner: person, expiresAt, endedBy, browserDigest, provenUntil };
}

/** Remembers which browser proved the second factor for an open link. */
export async function saveProof(
  db: Db,
  digest: Buffer,
  proof: { browserDigest: Buffer; until: Date },
): Promise<void> {
  await db
    .updateTable('password_reset')
    .set({ browser_digest: proof.browserDigest, proven_until: proof.until })
    .where('token_digest', '=', digest)
    .where('ended_at', 'is', null)
    .execute();
}

/** Uses the link up. @returns false when it is no longer open: of several at once, one gets true */
export async function useLink(trx: Trx, digest: Buffer, now: Date): Promise<boolean> {
  const result = await trx
    .updateTable('password_reset')
    .set({ ended_at: sql<Date>`now()`, ended_by: 'used' })
    .where('token_digest', '=', digest)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
