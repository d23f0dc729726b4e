import { DAY } from '#kit/clock.ts';
import { type PasswordRules, isPasswordExpired } from '../authenticators/index.ts';

export interface CurrentPassword {
  changedAt: Date;
  mustChange: boolean;
}

/** Whether a password is too young to be changed again: a day (SM-13), unless a change is due anyway. */
export function isTooYoung(current: CurrentPassword, rules: PasswordRules, now: Date): boolean {
  if (current.mustChange || isPasswordExpired(current.changedAt, rules, now)) return false;
  return now.getTime() - current.changedAt.getTime() < DAY;
}
