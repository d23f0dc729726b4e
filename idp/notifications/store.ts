import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { LeasedMail } from './types.ts';

export interface OutboxRow {
  kind: string;
  dedupeKey: string;
  accountId: string | undefined;
  recipientDigest: Buffer;
  contentSealed: Buffer;
  locale: Locale;
}

/** Writes a mail unless one of its key was written before, or not `really`. @returns whether it is new */
export async function insertMail(trx: Trx, really: boolean, row: OutboxRow): Promise<boolean> {
  const result = await sql`
    insert into mail_message (kind, dedupe_key, account_id, recipient_digest, content_sealed, locale)
    select ${row.kind}, ${row.dedupeKey}, ${row.accountId ?? null}::uuid, ${row.recipientDigest}::bytea,
      ${row.contentSealed}::bytea, ${row.locale}
    where ${really}::boolean
    on conflict (dedupe_key) do nothing`.execute(trx);
  return result.numAffectedRows === 1n;
}

/** Which of these keys stand for a mail written before. */
export async function listWrittenKeys(db: Db | Trx, keys: string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .selectFrom('mail_message')
    .select('dedupe_key')
    .where('dedupe_key', 'in', keys)
    .execute();
  return new Set(rows.map((row) => row.dedupe_key));
}

/**
 * Takes due mails for `leaseSeconds`, at most `perHour` an hour for one recipient: the rest stay where they are.
 * One worker leases at a time, so that the cap counts what the others have taken; sending is not serialized.
 */
export async function leaseMails(
  db: Db,
  { limit, leaseSeconds, perHour }: { limit: number; leaseSeconds: number; perHour: number },
): Promise<LeasedMail[]> {
  return db.transaction().execute(async (trx) => {
    const lock = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('mail lease')) as mine`.execute(trx);
    if (!lock.rows[0]?.mine) return [];
    const { rows } = await sql<{
      id: number;
      kind: string;
      dedupe_key: string;
      content_sealed: Buffer | null;
      locale: Locale;
      attempts: number;
      created_at: Date;
    }>`
      with due as (
        select id, recipient_digest, next_attempt_at,
          row_number() over (partition by recipient_digest order by next_attempt_at, id) as place
        from mail_message where sent_at is null and dead_at is null and next_attempt_at <= now()
      ), taken as (
        select d.id from due d where d.place <= ${perHour}::integer - (
          select count(*) from mail_message m where m.recipient_digest = d.recipient_digest
            and (m.sent_at > now() - interval '1 hour' or m.leased_until > now()))
        order by d.next_attempt_at, d.id limit ${limit}::integer
      )
      update mail_message set attempts = attempts + 1,
        leased_until = now() + make_interval(secs => ${leaseSeconds}::integer),
        next_attempt_at = now() + make_interval(secs => ${leaseSeconds}::integer)
      where id in (select id from taken) and sent_at is null
      returning id, kind, dedupe_key, content_sealed, locale, attempts, created_at`.execute(trx);
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      dedupeKey: row.dedupe_key,
      contentSealed: row.content_sealed ?? undefined,
      locale: row.locale,
      attempts: row.attempts,
      createdAt: row.created_at,
    }));
  });
}

/** What it said goes with it, unless `keepContent`: the demo's mailbox shows it. */
export async function markSent(db: Db, id: number, keepContent: boolean): Promise<void> {
  await db
    .updateTable('mail_message')
    .set({
      sent_at: sql<Date>`now()`,
      last_error: null,
      leased_until: null,
      ...(!keepContent && { content_sealed: null }),
    })
    .where('id', '=', id)
    .execute();
}

/** @param outcome without `retryInSeconds` the mail is a dead letter */
export async function markFailed(
  db: Db,
  id: number,
  outcome: { error: string; retryInSeconds: number | undefined },
): Promise<void> {
  const { error, retryInSeconds } = outcome;
  await db
    .updateTable('mail_message')
    .set({
      last_error: error,
      leased_until: null,
      ...(retryInSeconds === undefined
        ? { dead_at: sql<Date>`now()` }
        : { next_attempt_at: sql<Date>`now() + make_interval(secs => ${retryInSeconds}::integer)` }),
    })
    .where('id', '=', id)
    .execute();
}

export type StoredMail = Pick<
  LeasedMail,
  'id' | 'kind' | 'dedupeKey' | 'contentSealed' | 'locale' | 'createdAt'
> & {
  sentAt: Date | undefined;
};

/** Mails whose content is still there, newest first. */
export async function listMails(db: Db, limit: number): Promise<StoredMail[]> {
  const rows = await storedMails(db).where('content_sealed', 'is not', null).limit(limit).execute();
  return rows.map((row) => stored(row));
}

export async function findMail(db: Db, id: number): Promise<StoredMail | undefined> {
  const row = await storedMails(db).where('id', '=', id).executeTakeFirst();
  return row && stored(row);
}

function storedMails(db: Db) {
  return db
    .selectFrom('mail_message')
    .select(['id', 'kind', 'dedupe_key as dedupeKey', 'content_sealed as contentSealed', 'locale'])
    .select(['created_at as createdAt', 'sent_at as sentAt'])
    .orderBy('id', 'desc');
}

type StoredRow = Omit<StoredMail, 'contentSealed' | 'sentAt'> & {
  contentSealed: Buffer | null;
  sentAt: Date | null;
};

function stored({ contentSealed, sentAt, ...row }: StoredRow): StoredMail {
  return { ...row, contentSealed: contentSealed ?? undefined, sentAt: sentAt ?? undefined };
}

export interface DeadLetter {
  id: number;
  kind: string;
  diedAt: Date;
  attempts: number;
  error: string;
}

/** Mails given up, newest first; never whom they were for. */
export async function listDeadLetters(db: Db, limit: number): Promise<DeadLetter[]> {
  const rows = await db
    .selectFrom('mail_message')
    .select(['id', 'kind', 'dead_at', 'attempts', 'last_error'])
    .where('dead_at', 'is not', null)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id, kind, dead_at: diedAt, attempts, last_error: error }) => ({
    id,
    kind,
    diedAt: diedAt ?? new Date(0),
    attempts,
    error: error ?? '',
  }));
}

/** Puts a dead letter back, with a day of retries before it. @returns false when there is none of that id */
export async function reviveDeadLetter(trx: Trx, id: number): Promise<boolean> {
  const now = sql<Date>`now()`;
  const result = await trx
    .updateTable('mail_message')
    .set({ dead_at: null, attempts: 0, created_at: now, next_attempt_at: now })
    .where('id', '=', id)
    .where('dead_at', 'is not', null)
    .where('content_sealed', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
