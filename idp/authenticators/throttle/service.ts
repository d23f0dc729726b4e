import type { Db, Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { type ThrottleRule, normaliseLoginName } from './policy.ts';
import { clearAttempts, lockedSubjects, releaseAttempt, reserveAttempt } from './store.ts';

/** Under what a name or account is counted: nobody can read it back, and unknown names look like known ones. */
export function throttleSubject(keyring: Keyring, rule: ThrottleRule, of: string): Buffer {
  return keyedDigest(keyring.derive('throttle')[0], `${rule.kind}:${normaliseLoginName(of)}`);
}

/** `wrong_and_locks`: the failure that started the lock; `locked`: not evaluated at all. */
export type Verdict = 'right' | 'wrong' | 'wrong_and_locks' | 'locked';

/**
 * Evaluates a guess under `rule`. `evaluate(allowed)` always runs, told whether its answer can count, so that a
 * locked subject costs the same work; when it throws, the try is given back.
 */
export async function throttled(
  db: Db,
  rule: ThrottleRule,
  subject: Buffer,
  now: Date,
  evaluate: (allowed: boolean) => Promise<boolean>,
): Promise<Verdict> {
  const attempt = await reserveAttempt(db, rule, subject, now);
  const allowed = attempt !== undefined;
  let right: boolean;
  try {
    right = await evaluate(allowed);
  } catch (error) {
    if (allowed) await releaseAttempt(db, rule, subject);
    throw error;
  }
  if (!allowed) return 'locked';
  if (!right) return attempt >= rule.limit ? 'wrong_and_locks' : 'wrong';
  await clearAttempts(db, rule, subject);
  return 'right';
}

/** Those of the names that are locked at `now`. */
export async function lockedNames(
  db: Db | Trx,
  keyring: Keyring,
  rule: ThrottleRule,
  names: string[],
  now: Date,
): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const subjects = names.map((name) => throttleSubject(keyring, rule, name));
  const locked = await lockedSubjects(db, rule, subjects, now);
  return new Set(names.filter((_name, at) => locked.has(subjects[at]?.toString('hex') ?? '')));
}
