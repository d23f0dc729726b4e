import { DAY } from '#kit/clock.ts';
import type { DelegationRefusal, Party } from './types.ts';

const LONGEST_MS = 60 * DAY;
const MOST = 5;

export interface Period {
  from: Date;
  until: Date;
}

/** F10: why this person may not stand in for that one in this period. */
export function delegationRefusal(
  delegator: Party | undefined,
  deputy: Party | undefined,
  period: Period | undefined,
  open: (Period & { deputyAccountId: string })[],
  now: Date,
): DelegationRefusal | undefined {
  if (!delegator?.isActive || !delegator.isProven) return 'delegator_unavailable';
  // whoever is elsewhere, or not active, is as if there were nobody: nothing is told about other units
  if (!deputy?.isActive || deputy.unitCode !== delegator.unitCode) return 'deputy_unknown';
  if (isSamePerson(delegator, deputy)) return 'deputy_self';
  if (!deputy.isProven) return 'deputy_unproven';
  if (!period) return 'period_missing';
  if (period.until <= period.from) return 'period_backwards';
  if (period.until <= now) return 'period_past';
  if (period.until.getTime() - Math.max(period.from.getTime(), now.getTime()) > LONGEST_MS)
    return 'period_too_long';
  if (delegator.expiresAt && period.until > delegator.expiresAt) return 'period_beyond_own';
  if (open.length >= MOST) return 'too_many';
  const overlaps = open.some(
    ({ deputyAccountId, from, until }) =>
      deputyAccountId === deputy.accountId && from < period.until && period.from < until,
  );
  return overlaps ? 'overlaps' : undefined;
}

function isSamePerson(a: Party, b: Party): boolean {
  const same =
    a.nationalIdIndex.length === b.nationalIdIndex.length &&
    a.nationalIdIndex.every((byte, at) => byte === b.nationalIdIndex[at]);
  return a.accountId === b.accountId || same;
}
