import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import { after } from '#kit/clock.ts';
import type { ThrottleRule } from './policy.ts';

/**
 * Takes one of the tries left, before the secret is looked at: the failure is counted now and taken back on
 * success. One statement decides, so however many come at once and wherever, only `limit` of them are let
 * through; the last of these starts the lock.
 * @returns the number of this try in a row, or undefined when it may not be evaluated
 */
export async function reserveAttempt(
  db: Db | Trx,
  rule: ThrottleRule,
  subject: Buffer,
  now: Date,
): Promise<number | undefined> {
  const until = after(now, rule.lockMs);
  const since = rule.windowMs === undefined ? new Date(0) : after(now, -rule.windowMs);
  const { rows } = await sql<{ failures: number }>`
    insert into attempt_throttle as t (kind, subject, failures, locked_until, updated_at)
    values (${rule.kind}, ${subject}, 1, null, ${now})
    on conflict (kind, subject) do update set
      failures = case when t.locked_until is null and t.updated_at > ${since}::timestamptz then t.failures + 1 else 1 end,
      locked_until = case
        when t.locked_until is null and t.updated_at > ${since}::timestamptz and t.failures + 1 >= ${rule.limit}::integer
          then ${until}::timestamptz
      end,
      updated_at = excluded.updated_at
    where t.locked_until is null or t.locked_until <= excluded.updated_at
    returning failures`.execute(db);
  return rows[0]?.failures;
}

/** Gives a reserved try back: the secret was never looked at, so it was no guess. */
export async function releaseAttempt(db: Db | Trx, rule: ThrottleRule, subject: Buffer): Promise<void> {
  await db
    .updateTable('attempt_throttle')
    .set((row) => ({ failures: row('failures', '-', 1), locked_until: null }))
    .where('kind', '=', rule.kind)
    .where('subject', '=', subject)
    .where('failures', '>', 0)
    .execute();
}

/** A success, or a reset by whoever may: failures count from the beginning again. */
export async function clearAttempts(db: Db | Trx, rule: ThrottleRule, subject: Buffer): Promise<void> {
  await db
    .deleteFrom('attempt_throttle')
    .where('kind', '=', rule.kind)
    .where('subject', '=', subject)
    .execute();
}

/** Those of the subjects that are locked at `now`, as hexadecimal. */
export async function lockedSubjects(
  db: Db | Trx,
  rule: ThrottleRule,
  subjects: Buffer[],
  now: Date,
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('attempt_throttle')
    .select('subject')
    .where('kind', '=', rule.kind)
    .where(sql<boolean>`subject = any(${subjects})`)
    .where('locked_until', '>', now)
    .execute();
  return new Set(rows.map((row) => row.subject.toString('hex')));
}
