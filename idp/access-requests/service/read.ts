import type { Db } from '#db/idp/tables.ts';
import { type ManagerQuota, readManagerQuota } from '../../entitlements/index.ts';
import { type Unit, findUnit } from '../../units/index.ts';
import { isResponsible, isSamePerson } from '../policy.ts';
import { listDeciders, listEvents } from '../store/history.ts';
import { findRequest } from '../store/requests.ts';
import { findReviewer, listReviewersAt } from '../store/reviewers.ts';
import { type Applicant, findApplicant } from '../store/wishes.ts';
import type { AccessRequest, AccessRequestDeps, RequestEvent, Reviewer, ReviewerContact } from '../types.ts';

/** A request with all a reviewer needs to decide it. The ID number is sealed. */
export interface ReviewedRequest {
  request: AccessRequest;
  applicant: Applicant;
  unit: Unit;
  events: RequestEvent[];
  quota: ManagerQuota | undefined;
  /** Whether the step that waits is this reviewer's to decide. */
  mayDecide: boolean;
}

/**
 * P-49: one request for a reviewer. What somebody decided before they may still read.
 * @returns undefined when there is none, or none that concerns the reviewer
 */
export async function getRequest(
  deps: Pick<AccessRequestDeps, 'db' | 'clock' | 'registry' | 'mayActFor'>,
  reviewer: Pick<Reviewer, 'accountId' | 'onBehalfOf'>,
  id: string,
): Promise<ReviewedRequest | undefined> {
  const { db, clock, registry } = deps;
  const now = clock();
  const request = await findRequest(db, id);
  if (!request) return undefined;
  const { accountId, onBehalfOf } = reviewer;
  if (onBehalfOf !== undefined && !(await deps.mayActFor?.(db, { accountId, onBehalfOf, now }))) {
    return undefined;
  }
  const actor = await findReviewer(db, accountId, now);
  const [person, applicant, unit] = [
    onBehalfOf === undefined ? actor : await findReviewer(db, onBehalfOf, now),
    await findApplicant(db, request.accountId, now),
    await findUnit(db, request.unitCode),
  ];
  if (!actor?.isActive || !person || !applicant || !unit) return undefined;
  const waiting = { ...request, waitsFor: request.chain[request.step] ?? '', county: unit.county };
  const deciders = await listDeciders(db, id, request.round);
  const tookPart = await hasDecided(db, id, accountId);
  const both = [actor, person];
  const concerns = isResponsible(waiting, person) && !both.some((each) => isSamePerson(each, applicant));
  if (!concerns && !tookPart) return undefined;
  const manifest = registry.subsystem(request.subsystemCode)?.manifest;
  return {
    request,
    applicant,
    unit,
    events: await listEvents(db, id),
    quota: manifest && (await readManagerQuota(db, { unitCode: request.unitCode, manifest })),
    mayDecide:
      concerns &&
      both.every(({ isProven }) => isProven) &&
      request.status === 'submitted' &&
      !both.some((each) => deciders.some((decider) => isSamePerson(decider, each))),
  };
}

/** Whom an applicant may ask about the step that waits. */
export async function listContacts(
  { db, clock }: Pick<AccessRequestDeps, 'db' | 'clock'>,
  request: AccessRequest,
): Promise<ReviewerContact[]> {
  if (request.status !== 'submitted' || request.chain.length === 0) return [];
  const now = clock();
  const applicant = await findApplicant(db, request.accountId, now);
  if (!applicant) return [];
  const deciders = await listDeciders(db, request.id, request.round);
  return listReviewersAt(db, request, request.level, applicant, deciders, now);
}

async function hasDecided(db: Db, requestId: string, accountId: string): Promise<boolean> {
  const events = await listEvents(db, requestId);
  return events.some(
    ({ deed, actorAccountId }) =>
      actorAccountId === accountId && (deed === 'approved' || deed === 'returned'),
  );
}
