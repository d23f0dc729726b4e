import { COMMON_PASSWORDS } from './common-passwords.ts';

/** `deck`: the customer's own rule. `nist`: SP 800-63B-4, for a deployment that chooses it. */
export type PasswordRules = 'deck' | 'nist';

export type PasswordProblem =
  | 'too_short'
  | 'too_long'
  | 'missing_upper'
  | 'missing_lower'
  | 'missing_digit'
  | 'missing_symbol'
  | 'character_not_allowed'
  | 'contains_name'
  | 'common'
  | 'breached'
  | 'recently_used';

export interface PasswordOwner {
  loginName: string;
  name: string;
}

const MAX_LENGTH = 128;
const MIN_LENGTH: Record<PasswordRules, number> = { deck: 12, nist: 15 };
const EXPIRY_MONTHS = 3;
const OUR_HOURS_AHEAD = 8; // Asia/Taipei, which keeps no summer time

/** How many passwords, the present one included, may not be chosen again. */
export const REMEMBERED_PASSWORDS = 3;

/** Everything `rules` have against a new password; nothing when it may be taken. */
export function passwordProblems(
  password: string,
  owner: PasswordOwner,
  rules: PasswordRules,
): PasswordProblem[] {
  const text = password.normalize('NFC');
  const length = Array.from(text).length;
  const checks: [boolean, PasswordProblem][] = [
    [length < MIN_LENGTH[rules], 'too_short'],
    [length > MAX_LENGTH, 'too_long'],
    [containsName(text, owner), 'contains_name'],
    ...(rules === 'deck' ? composition(text) : []),
    [isCommon(text) || (rules === 'nist' && isRepeated(text)), 'common'],
  ];
  return checks.filter(([fails]) => fails).map(([, problem]) => problem);
}

function composition(text: string): [boolean, PasswordProblem][] {
  return [
    [!/[A-Z]/.test(text), 'missing_upper'],
    [!/[a-z]/.test(text), 'missing_lower'],
    [!/[0-9]/.test(text), 'missing_digit'],
    [!/[*~!#^]/.test(text), 'missing_symbol'],
    [/[^A-Za-z0-9*~!#^]/.test(text), 'character_not_allowed'],
  ];
}

/** Digits and signs at the end do not make a common word another one. */
function isCommon(text: string): boolean {
  return COMMON_PASSWORDS.has(text.toLowerCase().replaceAll(/[\s\d\p{P}\p{S}]+$/gu, ''));
}

function isRepeated(text: string): boolean {
  return /^(.{1,4})\1+.{0,3}$/su.test(text.toLowerCase());
}

function containsName(text: string, owner: PasswordOwner): boolean {
  const folded = text.toLowerCase();
  return [owner.loginName, owner.name]
    .map((name) => name.normalize('NFC').toLowerCase())
    .some((name) => name.length >= 2 && folded.includes(name));
}

/** When a password changed at `changedAt` must be replaced: three calendar months later, or never. */
export function passwordExpiresAt(changedAt: Date, rules: PasswordRules): Date | undefined {
  return rules === 'deck' ? monthsAfter(changedAt, EXPIRY_MONTHS) : undefined;
}

/** Whether a password changed at `changedAt` must be replaced by `now`. */
export function isPasswordExpired(changedAt: Date, rules: PasswordRules, now: Date): boolean {
  const expiresAt = passwordExpiresAt(changedAt, rules);
  return expiresAt !== undefined && expiresAt <= now;
}

/** The same day and time `months` later on the calendar of Taipei; a day the month lacks becomes its last. */
export function monthsAfter(at: Date, months: number): Date {
  const local = new Date(at);
  local.setUTCHours(local.getUTCHours() + OUR_HOURS_AHEAD);
  const day = local.getUTCDate();
  local.setUTCDate(1);
  local.setUTCMonth(local.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  local.setUTCDate(Math.min(day, lastDay));
  local.setUTCHours(local.getUTCHours() - OUR_HOURS_AHEAD);
  return local;
}
