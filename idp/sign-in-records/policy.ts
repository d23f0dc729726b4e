import { HOUR } from '#kit/clock.ts';
import type { Result } from './types.ts';

/** What became of a try: a refusal that locks, or meets a lock, is told apart from a plain failure. */
export function resultOf(event: { outcome: string; reason: string | null; locks: boolean }): Result {
  if (event.outcome === 'success') return 'success';
  return event.locks || event.reason === 'locked' ? 'locked' : 'failed';
}

/** The beginnings of the last 24 hours, the oldest first; the last one is under way at `now`. */
export function lastHours(now: Date): Date[] {
  const current = Math.floor(now.getTime() / HOUR) * HOUR;
  return Array.from({ length: 24 }, (_, at) => new Date(current - (23 - at) * HOUR));
}
