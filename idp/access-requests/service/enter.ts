import type { Trx } from '#db/idp/tables.ts';
import { findUnit } from '../../units/index.ts';
import { type Identity, LEVELS, levelsOf } from '../policy.ts';
import { listDeciders, recordEvent } from '../store/history.ts';
import { updateRequest } from '../store/requests.ts';
import { listReviewersAt } from '../store/reviewers.ts';
import type { Applicant } from '../store/wishes.ts';
import type { AccessRequest, AccessRequestDeps, Level, ReviewerContact } from '../types.ts';
import { tellReviewers } from '../words.ts';

/**
 * Finds who decides the step the request is at. Where the unit has nobody who may, its county's health bureau does,
 * and else the agency (SM-04, edge rule 2); a request never comes back from there. They are told (N02).
 */
export async function enterStep(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
): Promise<AccessRequest> {
  const { level, reviewers } = await whoDecides(trx, deps, request, applicant, 'own');
  await updateRequest(trx, request.id, { step: request.step, level, checked_at: deps.clock() });
  const entered = { ...request, level };
  await tellReviewers(trx, deps, entered, applicant, reviewers);
  return entered;
}

/** The request goes further out when nobody is left who may decide it. @returns whether it did */
export async function passOn(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
): Promise<boolean> {
  const { level, reviewers } = await whoDecides(trx, deps, request, applicant, request.level);
  if (level === request.level) return false;
  await updateRequest(trx, request.id, { level });
  const passed = { ...request, level };
  await recordEvent(trx, passed, { at: deps.clock(), deed: 'passed_on' });
  await tellReviewers(trx, deps, passed, applicant, reviewers);
  return true;
}

/** Those who decide the step that waits, from `nearest` outwards. */
async function whoDecides(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  applicant: Identity,
  nearest: Level,
): Promise<{ level: Level; reviewers: ReviewerContact[] }> {
  const unit = await findUnit(trx, request.unitCode);
  const deciders = await listDeciders(trx, request.id, request.round);
  const now = deps.clock();
  const open = levelsOf(request.chain[request.step] ?? '', unit?.kind ?? '').filter(
    (level) => LEVELS.indexOf(level) >= LEVELS.indexOf(nearest),
  );
  for (const level of open) {
    const reviewers = await listReviewersAt(trx, request, level, applicant, deciders, now);
    if (reviewers.length > 0) return { level, reviewers };
  }
  return { level: 'agency', reviewers: [] };
}

/** The step goes to the next who may decide further out. @returns to whom, or undefined where nobody is left */
export async function escalate(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
): Promise<Level | undefined> {
  const further = LEVELS[LEVELS.indexOf(request.level) + 1];
  if (further === undefined) return undefined;
  const { level, reviewers } = await whoDecides(trx, deps, request, applicant, further);
  if (reviewers.length === 0) return undefined;
  await updateRequest(trx, request.id, { level });
  const passed = { ...request, level };
  await recordEvent(trx, passed, { at: deps.clock(), deed: 'passed_on' });
  await tellReviewers(trx, deps, passed, applicant, reviewers, `:${level}`);
  return level;
}
