import { DAY } from '#kit/clock.ts';
import { type PasswordRules, isPasswordExpired, passwordExpiresAt } from '../authenticators/index.ts';

export interface CurrentPassword {
  changedAt: Date;
  mustChange: boolean;
}

/** Whether a password is too young to be changed again: a day (SM-13), unless a change is due anyway. */
export function isTooYoung(current: CurrentPassword, rules: PasswordRules, now: Date): boolean {
  if (current.mustChange || isPasswordExpired(current.changedAt, rules, now)) return false;
  return now.getTime() - current.changedAt.getTime() < DAY;
}

/** Days before its end at which the owner is told of it (N09). */
const WARNING_DAYS = [14, 7, 1];
/** The ages between which a password may be near its end, whatever the months are like. */
export const NEAR_END_DAYS = { from: 74, to: 93 };

export interface ExpiryWarning {
  /** The warning that is due: 14, 7 or 1; a missed one is not made up for once the next is due. */
  warning: number;
  daysLeft: number;
}

/** The warning due at `now`; none before the first day, after the end, or where passwords do not expire. */
export function warningDue(changedAt: Date, rules: PasswordRules, now: Date): ExpiryWarning | undefined {
  const expiresAt = passwordExpiresAt(changedAt, rules);
  if (!expiresAt || expiresAt <= now) return undefined;
  const daysLeft = Math.ceil((expiresAt.getTime() - now.getTime()) / DAY);
  const warning = WARNING_DAYS.toSorted((a, b) => a - b).find((days) => daysLeft <= days);
  return warning === undefined ? undefined : { warning, daysLeft };
}
