import { DAY } from './clock.ts';

/** Retries go on for a day. */
const GIVE_UP_MS = DAY;
const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 3600;

/**
 * When to try a failed delivery again: after 2, 4, 8 … seconds, at most an hour apart.
 * @returns seconds from now, or undefined when a day has passed: then it goes to the dead letters
 */
export function nextAttemptIn(attempts: number, createdAt: Date, now: Date): number | undefined {
  if (now.getTime() - createdAt.getTime() >= GIVE_UP_MS) return undefined;
  return Math.min(FIRST_SECONDS * 2 ** Math.max(0, attempts - 1), LONGEST_SECONDS);
}
