import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { findUnit } from '../../units/index.ts';
import { decideStep } from '../policy.ts';
import { listDeciders, recordEvent } from '../store/history.ts';
import { lockPeople, lockRequest, updateRequest } from '../store/requests.ts';
import { findReviewer } from '../store/reviewers.ts';
import { type Applicant, findApplicant } from '../store/wishes.ts';
import type {
  AccessRequest,
  AccessRequestDeps,
  Decided,
  Decision,
  DecisionRefusal,
  Reviewer,
} from '../types.ts';
import { tellApplicant } from '../words.ts';
import { grant } from './grant.ts';
import { enterStep } from './enter.ts';
import { readRefusal } from './facts.ts';

const MAX_COMMENT = 500;
/** Two who decide at once, or a form not filled in: nothing that anybody has to look into. */
const EVERYDAY: DecisionRefusal[] = ['not_pending', 'changed_meanwhile', 'comment_missing'];

export interface DecisionAsked {
  requestId: string;
  decision: Decision;
  comment: string;
  /** Of the request as the reviewer saw it. */
  version: number;
}

type Asking = Pick<Reviewer, 'accountId' | 'onBehalfOf'>;

/**
 * SM-04, SM-06: one reviewer's decision about the step that waits. Whoever decides first decides; everything the
 * rules ask is read again here, about reviewer, applicant, unit and quota alike. The last approval grants what was
 * asked for.
 */
export async function decideRequest(
  deps: AccessRequestDeps,
  reviewer: Asking,
  asked: DecisionAsked,
  caller?: Caller,
): Promise<Decided> {
  const comment = asked.comment.trim().slice(0, MAX_COMMENT);
  return transact(deps.db, async (trx): Promise<Decided> => {
    const request = await lockRequest(trx, asked.requestId);
    if (!request) return { done: false, reason: 'not_found' };
    const { accountId, onBehalfOf } = reviewer;
    await lockPeople(trx, [accountId, request.accountId, ...(onBehalfOf === undefined ? [] : [onBehalfOf])]);
    const refusal = await refuse(trx, deps, request, reviewer, { ...asked, comment });
    if (typeof refusal === 'string') {
      if (!EVERYDAY.includes(refusal)) await recordRefusal(trx, request, accountId, refusal, caller);
      return { done: false, reason: refusal };
    }
    return write(trx, deps, request, refusal.applicant, reviewer, { ...asked, comment }, caller);
  });
}

/** Several at once, each for itself: one that is refused holds up none of the others. */
export async function decideRequests(
  deps: AccessRequestDeps,
  reviewer: Asking,
  asked: DecisionAsked[],
  caller?: Caller,
): Promise<(Decided & { requestId: string })[]> {
  const outcomes: (Decided & { requestId: string })[] = [];
  for (const each of asked) {
    outcomes.push({ ...(await decideRequest(deps, reviewer, each, caller)), requestId: each.requestId });
  }
  return outcomes;
}

async function refuse(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  { accountId, onBehalfOf }: Asking,
  asked: DecisionAsked,
): Promise<DecisionRefusal | { applicant: Applicant }> {
  const now = deps.clock();
  const person = await findReviewer(trx, accountId, now);
  const inPlaceOf = onBehalfOf === undefined ? person : await findReviewer(trx, onBehalfOf, now);
  const applicant = await findApplicant(trx, request.accountId, now);
  const unit = await findUnit(trx, request.unitCode);
  if (!person || !inPlaceOf || !applicant || !unit) return 'reviewer_unavailable';
  const isDelegated =
    onBehalfOf === undefined || ((await deps.mayActFor?.(trx, { accountId, onBehalfOf, now })) ?? false);
  const waitsFor = request.chain[request.step] ?? '';
  const deciders = await listDeciders(trx, request.id, request.round);
  const refusal = decideStep(
    { ...request, waitsFor, county: unit.county },
    { reviewer: person, inPlaceOf, isDelegated, applicant, deciders },
    asked,
  );
  if (refusal !== undefined) return refusal;
  if (asked.decision === 'return') return { applicant };
  const last = request.step === request.chain.length - 1;
  return (await readRefusal(trx, deps, request, applicant, { last, proven: true })) ?? { applicant };
}

async function write(
  trx: Trx,
  deps: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
  { accountId, onBehalfOf }: Asking,
  { decision, comment }: DecisionAsked,
  caller: Caller | undefined,
): Promise<Decided> {
  const { id, kind, step, chain, level, round } = request;
  const at = deps.clock();
  const granted = decision === 'approve' && step === chain.length - 1;
  const account = granted ? await grant(trx, request, deps, accountId) : undefined;
  if (granted && account === undefined) return { done: false, reason: 'ids_used_up' };
  const deed = decision === 'approve' ? ('approved' as const) : ('returned' as const);
  await recordEvent(trx, request, {
    at,
    deed,
    actorAccountId: accountId,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    comment,
  });
  await recordAudit(trx, {
    type: `access_request.${granted ? 'granted' : deed}`,
    accountId: applicant.accountId,
    actorAccountId: accountId,
    ...(account !== undefined && { toSubsystemAccountId: account }),
    ...(caller && { caller }),
    details: {
      ...{ request: id, kind, step: chain[step] ?? '', level, round, comment },
      ...(onBehalfOf !== undefined && { onBehalfOf }),
    },
  });
  if (decision === 'approve' && !granted) {
    await enterStep(trx, deps, { ...request, step: step + 1 }, applicant);
    return { done: true, status: 'submitted' };
  }
  const status = granted ? 'approved' : 'returned';
  await updateRequest(trx, id, {
    status,
    updated_at: at,
    ...(account !== undefined && { subsystem_account_id: account }),
  });
  const subsystemAccountId = account ?? request.subsystemAccountId;
  const named = subsystemAccountId === null ? {} : { subsystemAccountId };
  await tellApplicant(trx, deps, request, applicant, { outcome: status, comment, ...named });
  return { done: true, status, ...named };
}

async function recordRefusal(
  trx: Trx,
  request: AccessRequest,
  actorAccountId: string,
  reason: DecisionRefusal,
  caller: Caller | undefined,
): Promise<void> {
  await recordAudit(trx, {
    type: 'access_request.decision_refused',
    reason,
    accountId: request.accountId,
    actorAccountId,
    ...(caller && { caller }),
    details: { request: request.id },
  });
}
