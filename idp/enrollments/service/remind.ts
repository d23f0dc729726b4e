import type { Trx } from '#db/idp/tables.ts';
import { sweepAlone } from '#db/sweep.ts';
import { recordAudit } from '../../audit/index.ts';
import { listDeputies } from '../../delegations/index.ts';
import { findUnit, listUnitManagers } from '../../units/index.ts';
import { beganBefore, loadCalendar } from '../../working-days/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { listAgencyReviewers, listOperators } from '../store/accounts.ts';
import { lockEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';
import { lockWaitingSince, markEnrollment } from '../store/marks.ts';
import type { Enrollment } from '../types.ts';
import { tellReviewers } from './confirm.ts';

const BATCH = 50;

/** After how many working days reviewers are reminded, and whoever comes next is told. */
export interface ReviewPatience {
  remindAfterDays: number;
  escalateAfterDays: number;
}

/**
 * Applications that lie too long: their reviewers and those who stand in are reminded once, and later the agency, or
 * of a paper form the operators, is told once. Both stand in the application's history.
 */
export async function remindOfEnrollments(
  services: EnrollmentServices,
  patience: ReviewPatience,
): Promise<void> {
  const { db, clock } = services;
  const now = clock();
  const calendar = await loadCalendar(db, now);
  const turns = [
    { mark: 'escalated', since: beganBefore(now, patience.escalateAfterDays, calendar) },
    { mark: 'reminded', since: beganBefore(now, patience.remindAfterDays, calendar) },
  ] as const;
  for (const { mark, since } of turns) {
    await sweepAlone(db, 'enrollment-reminders', BATCH, async (trx) => {
      const ids = await lockWaitingSince(trx, mark, since, BATCH);
      for (const id of ids) await tell(services, trx, id, mark, now);
      return ids.length;
    });
  }
}

async function tell(
  services: EnrollmentServices,
  trx: Trx,
  id: string,
  mark: 'reminded' | 'escalated',
  now: Date,
): Promise<void> {
  const enrollment = await lockEnrollment(trx, services.keyring, id);
  const unit = await findUnit(trx, enrollment?.unitCode ?? '');
  await markEnrollment(trx, id, mark, now);
  if (!enrollment || !unit) return;
  const reviewers =
    mark === 'reminded' ? await nearest(trx, enrollment, now) : await next(trx, enrollment, now);
  const deputies = await listDeputies(
    trx,
    reviewers.map(({ accountId }) => accountId),
    now,
  );
  await tellReviewers(services, trx, enrollment, unit, [...reviewers, ...deputies]);
  await recordEvent(trx, { enrollmentId: id, at: now, status: mark });
  await recordAudit(trx, {
    type: `enrollment.${mark}`,
    details: { enrollment: id, unit: unit.code, told: reviewers.length + deputies.length },
  });
}

function nearest(trx: Trx, { status, unitCode }: Enrollment, now: Date) {
  return status === 'pending_paper'
    ? listAgencyReviewers(trx, now)
    : listUnitManagers(trx, unitCode ?? '', now);
}

function next(trx: Trx, { status }: Enrollment, now: Date) {
  return status === 'pending_paper' ? listOperators(trx, now) : listAgencyReviewers(trx, now);
}
