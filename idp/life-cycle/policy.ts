import { DAY, after } from '#kit/clock.ts';
import type { IdleSpell, Leaver, Reviewer, SuspendedAccount, Successor } from './types.ts';

/** The customer's rule: an account nobody used for this long is suspended. */
export const IDLE_DAYS = 90;
/** How long before its owner is warned, ending with the last warning. */
export const WARNING_DAYS = [14, 7, 1];
const LAST_WARNING_DAYS = 1;

/** SM-05: so many locks of a password within so many hours suspend what it opens. */
export const LOCKS_BEFORE_SUSPENSION = 3;
export const LOCKS_WITHIN_HOURS = 24;

export type IdleStep =
  { deed: 'none' } | { deed: 'warn'; daysLeft: number; suspendsAt: Date } | { deed: 'suspend' };

/**
 * SM-05: what an unused account is due for. Nobody is suspended without the last warning a whole day before, even
 * when the earlier ones could not be given.
 */
export function planIdle({ idleSince, notices }: IdleSpell, now: Date): IdleStep {
  const dueAt = after(idleSince, IDLE_DAYS * DAY);
  const leftMs = dueAt.getTime() - now.getTime();
  const stage = WARNING_DAYS.findLast((days) => leftMs <= days * DAY);
  if (stage === undefined) return { deed: 'none' };
  const given = notices.find(({ daysLeft }) => daysLeft === stage);
  const soonest = after(given?.sentAt ?? now, LAST_WARNING_DAYS * DAY);
  if (!given) return { deed: 'warn', daysLeft: stage, suspendsAt: soonest > dueAt ? soonest : dueAt };
  return leftMs <= 0 && soonest <= now ? { deed: 'suspend' } : { deed: 'none' };
}

export type ReinstatementRefusal = 'own_account' | 'not_a_manager' | 'other_unit' | 'needs_hpa_admin';

export type ReinstatementDecision = { allowed: true } | { allowed: false; reason: ReinstatementRefusal };

/** SM-11: a unit's manager reinstates its accounts, the national administration those of managers. */
export function decideReinstatement(account: SuspendedAccount, reviewer: Reviewer): ReinstatementDecision {
  const isOwn = account.isReviewers === true || reviewer.accountId === account.accountId;
  if (isOwn) return { allowed: false, reason: 'own_account' };
  if (reviewer.role === 'hpa_admin') return { allowed: true };
  if (reviewer.role !== 'unit_manager') return { allowed: false, reason: 'not_a_manager' };
  if (reviewer.unitCode !== account.unitCode) return { allowed: false, reason: 'other_unit' };
  return account.manages ? { allowed: false, reason: 'needs_hpa_admin' } : { allowed: true };
}

export type ResignationRefusal =
  | 'unknown_account'
  | 'not_active'
  | 'last_of_role'
  | 'successor_missing'
  | 'successor_unknown'
  | 'successor_is_leaver'
  | 'successor_not_active'
  | 'successor_of_other_unit'
  | 'successor_not_eligible';

export type ResignationDecision =
  { allowed: true; promotes: boolean } | { allowed: false; reason: ResignationRefusal };

/**
 * SM-12: whether a person may leave. The last active manager of a unit names a successor of the same unit first,
 * who becomes its manager; the last of the national administration or of the operators stays.
 * @param others who else can act in the leaver's role: managers of the unit, the rest anywhere
 * @param successor undefined when none was named, null when nobody has that name
 */
export function decideResignation(
  leaver: Leaver | undefined,
  others: number,
  successor: Successor | null | undefined,
): ResignationDecision {
  const refused = (reason: ResignationRefusal): ResignationDecision => ({ allowed: false, reason });
  if (!leaver) return refused('unknown_account');
  if (leaver.status !== 'active') return refused('not_active');
  const isLast = leaver.role !== 'user' && others === 0;
  if (isLast && leaver.role !== 'unit_manager') return refused('last_of_role');
  if (successor === null) return refused('successor_unknown');
  if (successor === undefined) {
    return isLast ? refused('successor_missing') : { allowed: true, promotes: false };
  }
  if (successor.id === leaver.id) return refused('successor_is_leaver');
  if (successor.standing !== 'active') return refused('successor_not_active');
  if (successor.unitCode !== leaver.unitCode) return refused('successor_of_other_unit');
  if (leaver.role !== 'unit_manager') return refused('successor_not_eligible');
  if (successor.role === 'unit_manager') return { allowed: true, promotes: false };
  return successor.role === 'user' ? { allowed: true, promotes: true } : refused('successor_not_eligible');
}
