import { DAY } from '#kit/clock.ts';
import type {
  CardRefusal,
  Decision,
  DecisionRefusal,
  Enrollment,
  EnrollmentRole,
  EnrollmentStatus,
  EnrollmentStep,
  PaperStatus,
  Reviewer,
  SubmissionRefusal,
} from './types.ts';

export const STEPS: readonly EnrollmentStep[] = ['unit', 'role', 'person', 'subsystems', 'review'];

/** How many managers a unit has at the single entry unless granted more. */
export const MANAGER_QUOTA = 2;

/** Without a sign of life an application expires; a draft, which is nobody's concern yet, goes sooner. */
const IDLE_MS: Partial<Record<EnrollmentStatus, number>> = {
  draft: 7 * DAY,
  unconfirmed: 3 * DAY,
  pending_unit_review: 30 * DAY,
  pending_hca: 30 * DAY,
  pending_paper: 30 * DAY,
  returned: 30 * DAY,
};

/** Facts about the unit chosen. */
export interface UnitFacts {
  isOpen: boolean;
  activeManagers: number;
}

/** What else is true at the moment of submission or decision. */
export interface Uniqueness {
  loginNameTaken: boolean;
  activeInUnit: boolean;
}

/** P-12: nobody would decide about a general user of a unit without an active manager; and managers are few. */
export function roleRefusal(
  role: EnrollmentRole,
  unit: UnitFacts,
): 'unit_closed' | 'no_manager' | 'manager_quota_full' | undefined {
  if (!unit.isOpen) return 'unit_closed';
  if (role === 'user') return unit.activeManagers === 0 ? 'no_manager' : undefined;
  return unit.activeManagers >= MANAGER_QUOTA ? 'manager_quota_full' : undefined;
}

/** The first step not done; `review` when all are. */
export function nextStep(done: readonly EnrollmentStep[]): EnrollmentStep {
  return STEPS.find((step) => step !== 'review' && !done.includes(step)) ?? 'review';
}

/** Whether the step's page may be shown: all before it are done. */
export function mayVisit(step: EnrollmentStep, done: readonly EnrollmentStep[]): boolean {
  return STEPS.indexOf(step) <= STEPS.indexOf(nextStep(done));
}

/** What stays done when another unit is chosen: role and subsystems depend on it. */
export function doneAfterUnitChange(done: readonly EnrollmentStep[]): EnrollmentStep[] {
  return done.filter((step) => step !== 'role' && step !== 'subsystems');
}

/** SM-01: whether the application may be sent. */
export function submissionRefusal(
  enrollment: Pick<Enrollment, 'done' | 'role' | 'personal' | 'passwordHash'>,
  unit: UnitFacts,
  unique: Uniqueness,
): SubmissionRefusal | undefined {
  const { role, done, personal, passwordHash } = enrollment;
  if (nextStep(done) !== 'review' || !role || !personal || passwordHash === undefined) return 'incomplete';
  return roleRefusal(role, unit) ?? uniquenessRefusal(unique);
}

function uniquenessRefusal(unique: Uniqueness): 'login_name_taken' | 'already_in_unit' | undefined {
  if (unique.activeInUnit) return 'already_in_unit';
  return unique.loginNameTaken ? 'login_name_taken' : undefined;
}

/** Whether its applicant may still change what it says. */
export function isEditable(status: EnrollmentStatus): boolean {
  return status === 'draft' || status === 'returned';
}

/** SM-01: where a confirmed address leads. A manager may show the institution's card where cards are taken. */
export function statusOnceConfirmed(
  role: EnrollmentRole,
  mayUseCard: boolean,
): 'pending_unit_review' | 'pending_hca' | 'pending_paper' {
  if (role !== 'unit_manager') return 'pending_unit_review';
  return mayUseCard ? 'pending_hca' : 'pending_paper';
}

/** SM-01, pending_hca → active: what still speaks against it once the unit's card has been shown. */
export function cardRefusal(
  enrollment: Pick<Enrollment, 'status' | 'unitCode'>,
  provenUnit: string,
  unit: UnitFacts,
  unique: Uniqueness,
): CardRefusal | undefined {
  if (enrollment.status !== 'pending_hca' || enrollment.unitCode !== provenUnit) return 'not_pending';
  if (!unit.isOpen) return 'unit_closed';
  if (unit.activeManagers >= MANAGER_QUOTA) return 'manager_quota_full';
  return uniquenessRefusal(unique);
}

export type DecisionVerdict =
  | { allowed: true; to: EnrollmentStatus; paper: PaperStatus | undefined }
  | { allowed: false; reason: DecisionRefusal };

/**
 * SM-01 and SM-03: whether this reviewer may decide so, and what the application becomes. General users are their
 * unit manager's affair, managers the agency's and the operators', who may stand in for a unit manager too.
 */
export function decideEnrollment(
  enrollment: Pick<Enrollment, 'status' | 'unitCode' | 'role' | 'paper' | 'nationalIdIndex'>,
  reviewer: Reviewer,
  asked: { decision: Decision; reason: string },
  unit: UnitFacts,
  unique: Uniqueness,
  {
    inPlaceOf = reviewer,
    attacher,
  }: { inPlaceOf?: Reviewer | undefined; attacher?: Uint8Array | undefined } = {},
): DecisionVerdict {
  const refused = (reason: DecisionRefusal): DecisionVerdict => ({ allowed: false, reason });
  const { status, paper, nationalIdIndex } = enrollment;
  const people = [reviewer, inPlaceOf];
  if (!people.every(({ isActive }) => isActive)) return refused('reviewer_unavailable');
  if (!isResponsible(enrollment, inPlaceOf)) return refused('not_responsible');
  // with a number changed by oneself one could decide about oneself unseen
  if (!people.every(({ isProven }) => isProven)) return refused('reviewer_unproven');
  // F6: a deputy decides neither about themself nor about whom they stand in for
  if (people.some((each) => isSamePerson(nationalIdIndex, each.nationalIdIndex)))
    return refused('own_enrollment');
  if (status !== 'pending_unit_review' && status !== 'pending_paper') return refused('not_pending');
  const onPaper = status === 'pending_paper';
  if (asked.decision !== 'approve' && asked.decision !== 'review' && asked.reason.trim() === '') {
    return refused('reason_missing');
  }
  switch (asked.decision) {
    case 'return':
      return { allowed: true, to: 'returned', paper };
    case 'review':
    case 'supplement':
      if (!onPaper || paper === 'awaiting_form' || paper === undefined) return refused('form_missing');
      if (asked.decision === 'review') {
        return { allowed: true, to: status, paper: paper === 'uploaded' ? 'reviewing' : paper };
      }
      return { allowed: true, to: status, paper: 'need_more' };
    case 'approve': {
      if (onPaper && paper !== 'uploaded' && paper !== 'reviewing') return refused('form_missing');
      if (onPaper && people.some((each) => isSamePerson(attacher, each.nationalIdIndex))) {
        return refused('attached_by_reviewer');
      }
      if (!unit.isOpen) return refused('unit_closed');
      // that the unit had a manager was asked when it was sent; the agency may decide when they are gone since
      if (enrollment.role === 'unit_manager' && unit.activeManagers >= MANAGER_QUOTA) {
        return refused('manager_quota_full');
      }
      const refusal = uniquenessRefusal(unique);
      if (refusal !== undefined) return refused(refusal);
      return { allowed: true, to: 'active', paper: onPaper ? 'approved' : undefined };
    }
  }
}

function isResponsible(enrollment: Pick<Enrollment, 'unitCode' | 'role'>, reviewer: Reviewer): boolean {
  if (reviewer.role === 'hpa_admin' || reviewer.role === 'platform_ops') return true;
  return (
    reviewer.role === 'unit_manager' &&
    enrollment.role === 'user' &&
    reviewer.unitCode === enrollment.unitCode
  );
}

function isSamePerson(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** SM-01: whether its applicant may still take it back. */
export function mayWithdraw(status: EnrollmentStatus): boolean {
  return ['unconfirmed', 'pending_unit_review', 'pending_hca', 'pending_paper', 'returned'].includes(status);
}

/** SM-03: whether a scanned form is taken now; a new one replaces the one before until it is being reviewed. */
export function mayUploadForm(enrollment: Pick<Enrollment, 'status' | 'paper'>): boolean {
  const { status, paper } = enrollment;
  return (
    status === 'pending_paper' && (paper === 'awaiting_form' || paper === 'uploaded' || paper === 'need_more')
  );
}

/** SM-01: since when an application of this status must have lain still to expire at `now`. */
export function idleSince(status: EnrollmentStatus, now: Date): Date | undefined {
  const idle = IDLE_MS[status];
  return idle === undefined ? undefined : new Date(now.getTime() - idle);
}
