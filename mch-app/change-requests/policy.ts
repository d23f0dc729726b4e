import type { ChangeCategory, ChangeDecision, ChangeRequest, ChangeReviewer, Party } from './types.ts';

/** In the order people are offered them. */
export const CATEGORIES: readonly ChangeCategory[] = [
  'other',
  'account',
  'child_referral',
  'child_diagnosis',
  'tracking',
  'tracking_approval',
];

/** Days a record stays open for its one correction. */
export const OPEN_DAYS = 7;

/** Categories that are about a submitted record. */
export const isAboutRecord = (category: ChangeCategory): boolean =>
  category !== 'other' && category !== 'account';

/**
 * Who decides, in this order. Whoever manages a unit stands for its word already, so that step is left out of a
 * manager's own request; what would then be decided by nobody goes to the national agency.
 */
export function stepsFor(category: ChangeCategory, party: Pick<Party, 'role' | 'duty'>): ChangeReviewer[] {
  const steps = ((): ChangeReviewer[] => {
    switch (category) {
      case 'account':
        return ['unit_manager'];
      case 'child_referral':
      case 'child_diagnosis':
        return ['unit_manager', 'health_bureau'];
      case 'tracking':
        return party.duty === 'health_bureau' ? ['hpa'] : ['health_bureau'];
      case 'tracking_approval':
        return ['hpa'];
      case 'other':
        return ['unit_manager', 'hpa', 'maintenance'];
    }
  })();
  const left = party.role === 'mch_manager' ? steps.filter((step) => step !== 'unit_manager') : steps;
  return left.length > 0 ? left : ['hpa'];
}

/** As whom an account may decide. */
export function reviewersOf(party: Pick<Party, 'role' | 'duty' | 'menuRoles'>): ChangeReviewer[] {
  const holds = (code: string): boolean => party.menuRoles.includes(code);
  return [
    ...(party.role === 'mch_manager' ? (['unit_manager'] as const) : []),
    ...(party.duty === 'health_bureau' && party.menuRoles.some((code) => code.startsWith('hb_'))
      ? (['health_bureau'] as const)
      : []),
    ...(holds('hpa_system') ? (['hpa'] as const) : []),
    ...(holds('ops_change') ? (['maintenance'] as const) : []),
  ];
}

/** Whether this reviewer is the one of the request's unit or county. */
export function concerns(
  reviewer: ChangeReviewer,
  party: Pick<Party, 'unit'>,
  request: Pick<ChangeRequest, 'unitCode' | 'county'>,
): boolean {
  if (reviewer === 'unit_manager') return party.unit.code === request.unitCode;
  if (reviewer === 'health_bureau') return party.unit.county === request.county;
  return true;
}

export type ReviewVerdict =
  | { allowed: true; reviewer: ChangeReviewer; isLast: boolean }
  | { allowed: false; reason: 'closed' | 'not_yours' | 'own_request' };

/** Whether the party decides the request's present step. */
export function judgeReview(
  request: Pick<ChangeRequest, 'result' | 'step' | 'steps' | 'sub' | 'unitCode' | 'county'>,
  party: Party,
): ReviewVerdict {
  if (request.result !== null) return { allowed: false, reason: 'closed' };
  const step = request.steps.find(({ position }) => position === request.step);
  const isTheirs =
    step !== undefined &&
    reviewersOf(party).includes(step.reviewer) &&
    concerns(step.reviewer, party, request);
  if (!isTheirs) return { allowed: false, reason: 'not_yours' };
  if (request.sub === party.sub) return { allowed: false, reason: 'own_request' };
  return { allowed: true, reviewer: step.reviewer, isLast: step.position === request.steps.length - 1 };
}

/** What a decision makes of the request: it goes on, or it is closed. */
export function outcomeOf(decision: ChangeDecision, isLast: boolean): ChangeDecision | undefined {
  return decision === 'allowed' && !isLast ? undefined : decision;
}

/** Whether somebody may see the request: who asked, and whoever decides a step of it. */
export function maySee(request: ChangeRequest, party: Party): boolean {
  if (request.sub === party.sub) return true;
  const own = reviewersOf(party);
  return request.steps.some(({ reviewer }) => own.includes(reviewer) && concerns(reviewer, party, request));
}
