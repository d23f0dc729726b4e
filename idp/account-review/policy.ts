import type { ReviewItem, ReviewRefusal } from './types.ts';

/** How long managers have to answer. */
export const REVIEW_DAYS = 30;
/** A unit with open accounts is reminded at the beginning, and with so many days left. */
export const REMINDER_DAYS = [REVIEW_DAYS, 14, 7, 1];
const TAIPEI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The half-year of a moment, in Taipei. */
export function periodOf(at: Date): string {
  const there = new Date(at.getTime() + TAIPEI_MS);
  return `${there.getUTCFullYear()}H${there.getUTCMonth() < 6 ? 1 : 2}`;
}

/** The reminder that is due at `now`: the latest step that was reached; none once it is too late. */
export function reminderDue(dueAt: Date, now: Date): number | undefined {
  const left = Math.ceil((dueAt.getTime() - now.getTime()) / DAY_MS);
  return left <= 0
    ? undefined
    : Math.min(...REMINDER_DAYS.filter((days) => days >= Math.min(left, REVIEW_DAYS)));
}

/**
 * Whether somebody may say that an account is still needed: its unit's manager, of other people than themselves;
 * of managers only the national administration.
 */
export function decideConfirmation(
  item: ReviewItem | undefined,
  by: { accountId: string; isNational: boolean; reachesUnit: boolean },
  now: Date,
): { allowed: true } | { allowed: false; reason: ReviewRefusal } {
  const refused = (reason: ReviewRefusal) => ({ allowed: false, reason }) as const;
  if (!item || !by.reachesUnit) return refused('unknown_item');
  if (item.accountId === by.accountId) return refused('own_account');
  if (item.role !== 'user' && !by.isNational) return refused('not_yours');
  if (item.state !== 'open') return refused('answered_already');
  return item.dueAt <= now ? refused('overdue') : { allowed: true };
}
