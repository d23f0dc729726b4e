import type { Locale } from '#kit/http/locale.ts';
import type { FieldError } from '#templates/views.ts';
import type { SubsystemChoice } from '../subsystems/index.ts';

/** The steps of an application, in order; `review` sends it. */
export type EnrollmentStep = 'unit' | 'role' | 'person' | 'subsystems' | 'review';

export type EnrollmentRole = 'user' | 'unit_manager';

export type EnrollmentStatus =
  | 'draft'
  | 'unconfirmed'
  | 'pending_unit_review'
  | 'pending_hca'
  | 'pending_paper'
  | 'active'
  | 'returned'
  | 'withdrawn'
  | 'expired';

export type PaperStatus = 'awaiting_form' | 'uploaded' | 'reviewing' | 'need_more' | 'approved';

/** What the applicant says about themself, as typed; sealed at rest as a whole. */
export interface Personal {
  loginName: string;
  nationalId: string;
  name: string;
  title: string;
  phone: string;
  sparePhone: string;
  unitPhone: string;
  mobile: string;
  email: string;
  spareEmail: string;
  /** The address that was proven to reach its owner. */
  confirmedEmail?: string;
}

/** What was wrong with a step's form when it was sent last. */
export interface Retry {
  step: EnrollmentStep;
  errors: FieldError[];
}

export interface Enrollment {
  id: string;
  status: EnrollmentStatus;
  unitCode: string | undefined;
  role: EnrollmentRole | undefined;
  loginName: string | undefined;
  passwordHash: string | undefined;
  nationalIdIndex: Buffer | undefined;
  personal: Personal | undefined;
  subsystems: SubsystemChoice[];
  done: EnrollmentStep[];
  retry: Retry | undefined;
  locale: Locale;
  paper: PaperStatus | undefined;
  /** Tries with a card that failed. */
  hcaFailures: number;
  confirmUntil: Date | undefined;
  confirmSentAt: Date | undefined;
  accountId: string | undefined;
  createdAt: Date;
  updatedAt: Date;
  submittedAt: Date | undefined;
}

/** One turn in the life of an application, as its applicant may read it. */
export interface EnrollmentEvent {
  at: Date;
  status: string;
  reason: string | null;
}

/** Who decides, as far as the rules ask. */
export interface Reviewer {
  accountId: string;
  role: 'user' | 'unit_manager' | 'hpa_admin' | 'platform_ops';
  unitCode: string;
  nationalIdIndex: Buffer;
  isActive: boolean;
  /** Somebody else has confirmed the ID number, so that it tells who they are. */
  isProven: boolean;
}

export type Decision = 'approve' | 'return' | 'supplement' | 'review';

export type DecisionRefusal =
  | 'reviewer_unavailable'
  | 'reviewer_unproven'
  | 'not_responsible'
  | 'own_enrollment'
  | 'not_pending'
  | 'changed_meanwhile'
  | 'not_delegated'
  | 'attached_by_reviewer'
  | 'reason_missing'
  | 'form_missing'
  | 'login_name_taken'
  | 'already_in_unit'
  | 'manager_quota_full'
  | 'unit_closed';

/** What speaks against an account although the unit's card was shown. */
export type CardRefusal = Extract<
  DecisionRefusal,
  'not_pending' | 'unit_closed' | 'manager_quota_full' | 'login_name_taken' | 'already_in_unit'
>;

export type SubmissionRefusal =
  'incomplete' | 'unit_closed' | 'no_manager' | 'manager_quota_full' | 'login_name_taken' | 'already_in_unit';
