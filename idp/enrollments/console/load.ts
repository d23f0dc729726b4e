import { Fault } from '#kit/errors.ts';
import { type ConsoleCaller, inPlaceOf, reachOf, reachesUnit } from '../../permissions/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';
import { loadCalendar } from '../../working-days/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { decideEnrollment } from '../policy.ts';
import { proofOf } from '../provided.ts';
import { picturesOf } from '../scan-pictures.ts';
import { readUnitFacts } from '../service/draft.ts';
import { readScan } from '../service/paper.ts';
import { findAttacher, findReviewer, findReviewerById } from '../store/accounts.ts';
import { findEnrollment } from '../store/enrollments.ts';
import { listTurns } from '../store/history.ts';
import { findNeighbours } from '../store/reviewable.ts';
import { findMarks } from '../store/marks.ts';
import type { DecisionRefusal, Enrollment } from '../types.ts';
import { isOverdue } from './list.ts';
import type { ReviewFacts } from './view.ts';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An application that was sent, with its unit. */
export type SentEnrollment = Enrollment & { unitCode: string; submittedAt: Date };

/** The application if it is the caller's to see. @throws Fault not_found otherwise, whatever it is */
export async function loadInReach(
  { db, keyring }: Pick<EnrollmentServices, 'db' | 'keyring'>,
  caller: ConsoleCaller,
  id: string,
): Promise<SentEnrollment> {
  const reach = reachOf(caller, 'enrollments.review');
  const found = reach && ID.test(id) ? await findEnrollment(db, keyring, id) : undefined;
  if (!reach || !found || found.status === 'draft' || found.status === 'unconfirmed')
    throw new Fault('not_found');
  const { unitCode, submittedAt, role } = found;
  const isTheirs = reach.nation || (role === 'user' && reachesUnit(reach, unitCode ?? ''));
  if (!isTheirs || unitCode === undefined || !submittedAt) throw new Fault('not_found');
  return { ...found, unitCode, submittedAt };
}

/** In whose place the caller decides about this unit's applications; undefined as themself. */
export function standingIn(
  caller: ConsoleCaller,
  unitCode: string,
): { accountId: string; name: string } | undefined {
  const accountId = inPlaceOf(caller, 'enrollments.review', { unitCode });
  const person = caller.deputyFor?.find((each) => each.accountId === accountId);
  return person && { accountId: person.accountId, name: person.personName };
}

/** Why this caller cannot decide the application at all, before anything is asked; undefined when they can. */
export async function refusalFor(
  { db, clock }: Pick<EnrollmentServices, 'db' | 'clock'>,
  caller: ConsoleCaller,
  enrollment: SentEnrollment,
): Promise<DecisionRefusal | undefined> {
  const now = clock();
  const reviewer = await findReviewer(db, caller.loginName, now);
  if (!reviewer) return 'reviewer_unavailable';
  const inPlace = standingIn(caller, enrollment.unitCode);
  const delegator = inPlace && (await findReviewerById(db, inPlace.accountId, now));
  const verdict = decideEnrollment(
    enrollment,
    reviewer,
    { decision: 'return', reason: 'asked' },
    await readUnitFacts(db, enrollment.unitCode, now),
    { loginNameTaken: false, activeInUnit: false },
    { inPlaceOf: delegator, attacher: await findAttacher(db, enrollment.id) },
  );
  return verdict.allowed ? undefined : verdict.reason;
}

/** Everything the page of one application shows. */
export async function loadReview(
  services: Pick<EnrollmentServices, 'db' | 'keyring' | 'clock'> & { registry: ClientRegistry },
  caller: ConsoleCaller,
  enrollment: SentEnrollment,
): Promise<ReviewFacts> {
  const { db, clock, registry } = services;
  const now = clock();
  const { unit, activeManagers } = await readUnitFacts(db, enrollment.unitCode, now);
  const reach = reachOf(caller, 'enrollments.review');
  if (!unit || !reach) throw new Fault('not_found');
  const scan = enrollment.status === 'pending_paper' ? await readScan(services, enrollment.id) : undefined;
  const marks = await findMarks(db, enrollment.id);
  const waiting = {
    status: enrollment.status,
    paper: enrollment.paper ?? null,
    waitingSince: marks.waitingSince,
  };
  return {
    enrollment,
    unit,
    managers: activeManagers,
    turns: await listTurns(db, enrollment.id),
    proof: await proofOf(services, enrollment),
    scan: scan && { name: scan.name, size: scan.bytes.length, pictures: picturesOf(scan).length },
    marks: { ...marks, isOverdue: isOverdue(waiting, now, await loadCalendar(db, now)) },
    subsystems: (code) => registry.subsystem(code),
    ...(await findNeighbours(db, reach, enrollment)),
  };
}
