import { HOUR, MINUTE } from '#kit/clock.ts';
import type { Helper, Impersonation, ImpersonationRefusal, Place, Subject, SubjectRefusal } from './types.ts';

export const LONGEST_MINUTES = 30;
export const MINUTES = [10, 20, LONGEST_MINUTES] as const;
/** A request nobody answered, an approval nobody used, and the code that begins it. */
const WAITS_MS = 24 * HOUR;
const APPROVAL_MS = 15 * MINUTE;
export const CODE_MS = 2 * MINUTE;

/**
 * Whether `operator` may act as `subject`: never as oneself, nor as anybody who administers anything, since whoever
 * helps must not gain by it; and only where the subsystem's manifest permits it.
 * @param mayHelp whether a role has the deed, by the permission table
 */
export function subjectRefusal(
  operator: Helper | undefined,
  subject: Subject | undefined,
  place: Place | undefined,
  mayHelp: (role: string) => boolean,
): SubjectRefusal | undefined {
  if (!operator?.isActive || !mayHelp(operator.role)) return 'not_permitted';
  if (!operator.isProven) return 'number_unproven';
  if (!subject?.isActive || !subject.isUsable) return 'account_unavailable';
  if (isSamePerson(operator, subject)) return 'own_account';
  if (subject.role !== 'user' || subject.manages) return 'protected_account';
  return place ? undefined : 'not_permitted_there';
}

/** Four eyes: whether `approver` may decide, a right looked at again when it is begun. */
export function approverRefusal(
  approver: Helper | undefined,
  { operator, subject }: { operator: Helper | undefined; subject: Subject | undefined },
  mayApprove: (role: string) => boolean,
): ImpersonationRefusal | undefined {
  if (!approver?.isActive || !mayApprove(approver.role)) return 'approver_lost';
  if (!approver.isProven || operator?.isProven === false) return 'number_unproven'; // it tells people apart
  if (operator && isSamePerson(approver, operator)) return 'own_request';
  return subject && isSamePerson(approver, subject) ? 'own_account' : undefined;
}

/** What waited too long has lapsed, whether or not anything has noticed yet. */
export function stateOf(
  { status, requestedAt, decidedAt }: Pick<Impersonation, 'status' | 'requestedAt' | 'decidedAt'>,
  now: Date,
): Impersonation['status'] {
  const lapsed = (since: Date | null, afterMs: number) =>
    since !== null && now.getTime() - since.getTime() >= afterMs;
  if (status === 'requested' && lapsed(requestedAt, WAITS_MS)) return 'lapsed';
  return status === 'approved' && lapsed(decidedAt, APPROVAL_MS) ? 'lapsed' : status;
}

/** One human may have two accounts. */
function isSamePerson(a: Helper, b: Helper): boolean {
  const [one, other] = [a.nationalIdIndex, b.nationalIdIndex];
  const same = one.length === other.length && one.every((byte, at) => byte === other[at]);
  return a.accountId === b.accountId || same;
}
