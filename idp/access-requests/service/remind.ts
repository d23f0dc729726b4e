import { sweepAlone } from '#db/sweep.ts';
import { listDeputies } from '../../delegations/index.ts';
import { beganBefore, loadCalendar } from '../../working-days/index.ts';
import { listDeciders } from '../store/history.ts';
import { lockUnreminded, markReminded } from '../store/reminders.ts';
import { lockRequest } from '../store/requests.ts';
import { listReviewersAt } from '../store/reviewers.ts';
import { findApplicant } from '../store/wishes.ts';
import type { AccessRequestDeps } from '../types.ts';
import { tellReviewers } from '../words.ts';
import { escalate } from './enter.ts';

const BATCH = 50;

/**
 * Requests whose step waits too long: its reviewers and those who stand in are reminded once a step; after the
 * longer time the step goes further out, to the health bureau and then the agency (SM-04).
 */
export async function remindOfRequests(
  deps: AccessRequestDeps,
  patience: { remindAfterDays: number; escalateAfterDays: number },
): Promise<void> {
  const { db, clock } = deps;
  const now = clock();
  const calendar = await loadCalendar(db, now);
  const overdue = beganBefore(now, patience.escalateAfterDays, calendar);
  const late = beganBefore(now, patience.remindAfterDays, calendar);
  await sweepAlone(db, 'access-request-reminders', BATCH, async (trx) => {
    const waiting = await lockUnreminded(trx, late, overdue, BATCH);
    for (const { id, since } of waiting) {
      const request = await lockRequest(trx, id);
      const applicant = request && (await findApplicant(trx, request.accountId, now));
      if (!request || !applicant) continue;
      const level = since < overdue ? await escalate(trx, deps, request, applicant) : undefined;
      // whoever decides from now on has just been told, and is given the same time
      if (level !== undefined) {
        await markReminded(trx, id, '');
        continue;
      }
      const mark = `${request.round}:${request.step}:${request.level}`;
      await markReminded(trx, id, since < overdue ? `${mark}:far` : mark);
      const deciders = await listDeciders(trx, id, request.round);
      const reviewers = await listReviewersAt(trx, request, request.level, applicant, deciders, now);
      const ids = reviewers.map(({ accountId }) => accountId);
      const deputies = (await listDeputies(trx, ids, now)).map((each) => ({
        ...{ phone: '', unitName: '', unitNameEn: '' },
        ...each,
      }));
      await tellReviewers(trx, deps, request, applicant, [...reviewers, ...deputies], `:${mark}`);
    }
    return waiting.length;
  });
}
