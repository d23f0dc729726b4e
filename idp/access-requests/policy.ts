import type { Manifest } from '../subsystems/index.ts';
import type {
  ApprovalRefusal,
  DecisionRefusal,
  Level,
  ProvenReviewer,
  RequestKind,
  RequestStatus,
  StepCode,
  Wish,
} from './types.ts';

export const LEVELS: readonly Level[] = ['own', 'bureau', 'agency'];
const HEALTH_BUREAU = 'health_bureau';
/** Units of these kinds have no county's health bureau above them. */
const UNDER_NO_BUREAU = [HEALTH_BUREAU, 'national_agency'];
const KNOWN_STEPS: readonly StepCode[] = ['unit_manager', 'subsystem_manager', 'hpa_admin'];

/** Whether a role of the manifest manages its unit. */
export function managesUnit(manifest: Pick<Manifest, 'roles'>, role: string): boolean {
  return manifest.roles.find(({ code }) => code === role)?.manages ?? false;
}

/** SM-04: the steps a request takes, as the manifest says for general and for managing roles. */
export function chainOf(
  manifest: Pick<Manifest, 'roles' | 'reviewChain' | 'managerReviewChain'>,
  role: string,
): StepCode[] {
  const chain = managesUnit(manifest, role) ? manifest.managerReviewChain : manifest.reviewChain;
  // a code nobody knows is the strictest
  return chain.map((code) => KNOWN_STEPS.find((known) => known === code) ?? 'hpa_admin');
}

/** Who may be asked at a step, nearest first. */
export function levelsOf(step: string, unitKind: string): Level[] {
  if (step !== 'unit_manager' && step !== 'subsystem_manager') return ['agency'];
  return UNDER_NO_BUREAU.includes(unitKind) ? ['own', 'agency'] : [...LEVELS];
}

/** What of a request tells who decides it. */
export interface Waiting {
  status: RequestStatus;
  waitsFor: string;
  level: Level;
  subsystemCode: string;
  unitCode: string;
  county: string;
}

/** Whether the step that waits is this reviewer's affair. */
export function isResponsible(waiting: Waiting, reviewer: ProvenReviewer): boolean {
  const { waitsFor, level, subsystemCode, unitCode, county } = waiting;
  if (level === 'agency') return reviewer.role === 'hpa_admin';
  const atBureau = level === 'bureau';
  if (waitsFor === 'unit_manager') {
    if (reviewer.role !== 'unit_manager') return false;
    return atBureau
      ? reviewer.unitKind === HEALTH_BUREAU && reviewer.county === county
      : reviewer.unitCode === unitCode;
  }
  return (
    waitsFor === 'subsystem_manager' &&
    reviewer.managed.some(
      (managed) =>
        managed.subsystemCode === subsystemCode &&
        (atBureau
          ? managed.unitKind === HEALTH_BUREAU && managed.county === county
          : managed.unitCode === unitCode),
    )
  );
}

/** Two accounts of one person, as far as the ID number tells. */
export interface Identity {
  accountId: string;
  nationalIdIndex: Uint8Array;
}

export function isSamePerson(a: Identity, b: Identity): boolean {
  if (a.accountId === b.accountId) return true;
  const [left, right] = [a.nationalIdIndex, b.nationalIdIndex];
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/**
 * SM-04: whether this reviewer may decide this step so. Nobody decides about themself, nor a second step of one
 * round, under whichever of their accounts; who stands in for somebody is held to both.
 */
export function decideStep(
  waiting: Waiting & { version: number },
  people: {
    reviewer: ProvenReviewer;
    /** Whose affair it is: the reviewer's, or that of whoever they stand in for. */
    inPlaceOf: ProvenReviewer;
    isDelegated: boolean;
    applicant: Identity;
    /** Who decided the round's steps so far. */
    deciders: Identity[];
  },
  asked: { decision: 'approve' | 'return'; comment: string; version: number },
): DecisionRefusal | undefined {
  const { reviewer, inPlaceOf, applicant, deciders } = people;
  const both = [reviewer, inPlaceOf];
  if (!reviewer.isActive) return 'reviewer_unavailable';
  if (!people.isDelegated) return 'not_delegated';
  if (!isResponsible(waiting, inPlaceOf)) return 'not_responsible';
  if (both.some(({ isProven }) => !isProven)) return 'reviewer_unproven';
  if (both.some((each) => isSamePerson(each, applicant))) return 'own_request';
  if (waiting.status !== 'submitted') return 'not_pending';
  if (waiting.version !== asked.version) return 'changed_meanwhile';
  if (both.some((each) => deciders.some((decider) => isSamePerson(each, decider)))) {
    return 'already_decided_a_step';
  }
  return asked.comment === '' ? 'comment_missing' : undefined;
}

/** What is true of the things a request asks for, now. */
export interface WishFacts {
  applicantIsActive: boolean;
  /** Not asked before a decision: with a number changed by oneself one could be the reviewer unseen. */
  applicantIsProven: boolean;
  subsystemIsActive: boolean;
  unitIsOpen: boolean;
  unitKind: string;
  /** As the unit may use it; undefined when there is no such subsystem. */
  manifest: Manifest | undefined;
  /** Other active accounts of the person at the subsystem. */
  held: { unitCode: string; duty: string }[];
  /** Only looked at where one manager more is asked for. */
  quota: { used: number; limit: number };
  /** Whether what the account was when the change was asked for is what it is. */
  isUnchanged: boolean;
}

/** SM-04, SM-06: what speaks against a wish, the weightiest first. */
export function wishRefusal(
  wish: Wish,
  facts: WishFacts,
  makesManager: boolean,
): ApprovalRefusal | undefined {
  const { manifest } = facts;
  if (!facts.applicantIsActive) return 'applicant_inactive';
  if (!facts.applicantIsProven) return 'applicant_unproven';
  if (!facts.subsystemIsActive || !manifest) return 'subsystem_unavailable';
  if (wish.kind !== 'account' && !facts.isUnchanged) return 'account_changed';
  if (wish.kind === 'disable') return undefined;
  if (!facts.unitIsOpen) return 'unit_closed';
  if (!manifest.roles.some(({ code }) => code === wish.role)) return 'role_unknown';
  const duty = manifest.duties.find(({ code }) => code === wish.duty);
  if (!duty || (duty.unitKinds.length > 0 && !duty.unitKinds.includes(facts.unitKind))) {
    return 'duty_not_allowed';
  }
  if (duty.menuRoles.length > 0 && wish.menuRoles.length === 0) return 'menu_role_missing';
  if (wish.menuRoles.some((role) => !duty.menuRoles.includes(role))) return 'menu_role_not_entitled';
  if (facts.held.some(({ unitCode, duty: held }) => unitCode === wish.unitCode && held === wish.duty)) {
    return 'already_held';
  }
  return makesManager && facts.quota.used >= facts.quota.limit ? 'manager_quota_full' : undefined;
}

/** Whether granting the wish makes one manager more at its unit. */
export function makesManager(
  manifest: Pick<Manifest, 'roles'>,
  wish: Wish,
  before: { unitCode: string; role: string } | null,
): boolean {
  if (wish.kind === 'disable' || !managesUnit(manifest, wish.role)) return false;
  return before?.unitCode !== wish.unitCode || !managesUnit(manifest, before.role);
}

/** Whether its applicant may still take it back. */
export function mayWithdraw(status: RequestStatus): boolean {
  return status === 'submitted' || status === 'returned';
}

/** SM-06: whether the change asked for changes anything, and only what its kind says. */
export function changeRefusal(
  kind: RequestKind,
  manifest: Pick<Manifest, 'roles'>,
  before: { unitCode: string; role: string; menuRoles: string[] },
  wish: Wish,
): 'nothing_changes' | 'role_unknown' | undefined {
  switch (kind) {
    case 'unit':
      return wish.unitCode === before.unitCode ? 'nothing_changes' : undefined;
    case 'role':
      if (managesUnit(manifest, before.role)) return 'nothing_changes';
      return managesUnit(manifest, wish.role) ? undefined : 'role_unknown';
    case 'menu_roles': {
      const same =
        wish.menuRoles.length === before.menuRoles.length &&
        wish.menuRoles.every((role) => before.menuRoles.includes(role));
      return same ? 'nothing_changes' : undefined;
    }
    default:
      return undefined;
  }
}
