import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { isAllowedToAct } from '../../delegations/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { lockUnit } from '../../units/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { decideEnrollment } from '../policy.ts';
import { findAttacher, findReviewer, findReviewerById, findUniqueness } from '../store/accounts.ts';
import { lockEnrollment, updateEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';
import type { Decision, DecisionRefusal, Enrollment } from '../types.ts';
import { readUnitFacts } from './draft.ts';
import { type Whole, isWhole, openAccount, tellOfOpening } from './open.ts';

export type Decided = { done: true } | { done: false; reason: DecisionRefusal | 'not_found' };

/** A decision as it is asked for. */
export interface DecisionAsked {
  id: string;
  reviewerLoginName: string;
  decision: Decision;
  reason: string;
  /** In whose place: an account id. */
  onBehalfOf?: string | undefined;
  /** Of the application as the reviewer saw it; without one it is decided as it is now. */
  version?: string;
  from?: Caller;
  sessionUid?: string;
}

/**
 * One reviewer's decision. Whoever decides first decides: the others are told that nothing is pending any more. An
 * approval opens the account with the password chosen at the beginning and passes on the subsystems asked for.
 */
export async function recordDecision(services: EnrollmentServices, asked: DecisionAsked): Promise<Decided> {
  const { db, keyring, clock } = services;
  return transact(db, async (trx): Promise<Decided> => {
    const now = clock();
    const enrollment = await lockEnrollment(trx, keyring, asked.id);
    const reviewer = await findReviewer(trx, asked.reviewerLoginName.trim().toLowerCase(), now);
    if (!enrollment || enrollment.submittedAt === undefined) return { done: false, reason: 'not_found' };
    if (!reviewer) return { done: false, reason: 'reviewer_unavailable' };
    if (!isWhole(enrollment)) return { done: false, reason: 'not_pending' };
    if (asked.version !== undefined && asked.version !== versionOf(enrollment)) {
      return { done: false, reason: 'changed_meanwhile' };
    }
    const { onBehalfOf } = asked;
    const inPlaceOf = onBehalfOf === undefined ? undefined : await findReviewerById(trx, onBehalfOf, now);
    const acting = { accountId: reviewer.accountId, onBehalfOf: onBehalfOf ?? '', now };
    if (onBehalfOf !== undefined && (!inPlaceOf || !(await isAllowedToAct(trx, acting)))) {
      return { done: false, reason: 'not_delegated' };
    }
    const { id, unitCode } = enrollment;
    await lockUnit(trx, unitCode); // two managers approved at once must not be one too many
    const verdict = decideEnrollment(
      enrollment,
      reviewer,
      asked,
      await readUnitFacts(trx, unitCode, now),
      await findUniqueness(trx, { ...enrollment, enrollmentId: id }),
      { inPlaceOf, attacher: await findAttacher(trx, id) },
    );
    if (!verdict.allowed) {
      if (!EVERYDAY.includes(verdict.reason)) {
        await recordAudit(trx, {
          type: 'enrollment.decision_refused',
          reason: verdict.reason,
          actorAccountId: reviewer.accountId,
          ...(asked.from && { caller: asked.from }),
          details: { enrollment: id, unit: unitCode },
        });
      }
      return { done: false, reason: verdict.reason };
    }

    const by = { actorAccountId: reviewer.accountId, ...(asked.from && { caller: asked.from }) };
    const account =
      verdict.to === 'active' ? { account_id: await openAccount(services, trx, enrollment, by) } : {};
    await updateEnrollment(trx, id, {
      status: verdict.to,
      paper: verdict.paper ?? null,
      updated_at: now,
      ...(verdict.to !== enrollment.status || verdict.paper === 'need_more' ? TURN_OVER : {}),
      ...account,
    });
    const paperOnly = verdict.to === enrollment.status;
    const status = paperOnly ? (verdict.paper ?? verdict.to) : verdict.to;
    if (paperOnly && verdict.paper === enrollment.paper) return { done: true }; // looked at once more
    await recordEvent(trx, {
      enrollmentId: id,
      at: now,
      status,
      ...(asked.reason.trim() !== '' && { reason: asked.reason.trim() }),
      actorAccountId: reviewer.accountId,
      ...(onBehalfOf !== undefined && { onBehalfOf }),
    });
    await recordAudit(trx, {
      type: `enrollment.${AUDIT[asked.decision]}`,
      ...(account.account_id !== undefined && { accountId: account.account_id }),
      actorAccountId: reviewer.accountId,
      ...(asked.from && { caller: asked.from }),
      ...(asked.sessionUid !== undefined && { sessionUid: asked.sessionUid }),
      details: {
        ...{ enrollment: id, unit: unitCode, reason: asked.reason.trim() },
        ...(onBehalfOf !== undefined && { onBehalfOf }),
      },
    });
    await tellApplicant(services, trx, enrollment, asked, account.account_id);
    return { done: true };
  }).catch((error: unknown): Decided => {
    if (isSqlState(error, UNIQUE_VIOLATION)) return { done: false, reason: 'login_name_taken' };
    throw error;
  });
}

/** Two who decide at once, or a form not filled in: nothing that anybody has to look into. */
const EVERYDAY: DecisionRefusal[] = ['not_pending', 'reason_missing', 'form_missing', 'login_name_taken'];

/** It is the reviewers' turn no more. */
const TURN_OVER = { waiting_since: null, reminded_at: null, escalated_at: null };

/** What tells one state of an application from the next. */
export function versionOf({ updatedAt }: Pick<Enrollment, 'updatedAt'>): string {
  return String(updatedAt.getTime());
}

const AUDIT: Record<Decision, string> = {
  approve: 'approved',
  return: 'returned',
  supplement: 'supplement_asked',
  review: 'review_started',
};

/** N03 and N05: what was decided, and where to read on. */
async function tellApplicant(
  { keyring, clock, issuer }: EnrollmentServices,
  trx: Trx,
  enrollment: Whole,
  { decision, reason }: { decision: Decision; reason: string },
  accountId: string | undefined,
): Promise<void> {
  const { id, personal, loginName, unitCode, locale, status } = enrollment;
  const to = { address: personal.email, name: personal.name, ...(accountId !== undefined && { accountId }) };
  const progress = `${issuer}/enrollment-progress`;
  const key = (kind: string): string => `enrollment ${id} ${kind} ${decision} ${clock().getTime()}`;
  if (decision === 'review') return;
  if (decision === 'supplement' || (decision === 'approve' && status === 'pending_paper')) {
    const { unit } = await readUnitFacts(trx, unitCode, clock());
    const unitName = { 'zh-TW': unit?.name ?? unitCode, en: unit?.nameEn ?? unitCode };
    const said =
      decision === 'approve'
        ? { outcome: 'opened' as const, url: `${issuer}/sign-in` }
        : { outcome: 'supplement' as const, reason, url: progress };
    await queueMail(trx, keyring, {
      kind: 'N05',
      to,
      locale,
      params: { loginName, unitName, ...said },
      dedupeKey: key('N05'),
    });
    if (decision === 'supplement') return;
  }
  if (accountId !== undefined) return tellOfOpening({ keyring, clock, issuer }, trx, enrollment, accountId);
  const params = { outcome: 'returned' as const, loginName, reason, url: progress };
  await queueMail(trx, keyring, { kind: 'N03', to, locale, params, dedupeKey: key('N03') });
}
