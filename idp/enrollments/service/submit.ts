import { transact } from '#db/transact.ts';
import { settleNationalIdIndex } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { normaliseLoginName } from '../../authenticators/index.ts';
import { settleProof } from '../../federation/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { isEditable, submissionRefusal } from '../policy.ts';
import { findUniqueness } from '../store/accounts.ts';
import { lockEnrollment, updateEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';
import { deleteScan } from '../store/scans.ts';
import type { EnrollmentStatus, SubmissionRefusal } from '../types.ts';
import { enterReview, sendConfirmation } from './confirm.ts';
import { readUnitFacts } from './draft.ts';

export type Submission =
  { sent: true; status: EnrollmentStatus } | { sent: false; reason: SubmissionRefusal | 'already_sent' };

/**
 * Sends the application: its account name and person are held from now on, and a link goes to its address. It
 * reaches a reviewer only once the link was used; an address proven before needs no second proof.
 */
export async function submitEnrollment(
  services: EnrollmentServices,
  id: string,
  caller: Caller,
): Promise<Submission> {
  const { db, keyring, clock } = services;
  return transact(db, async (trx): Promise<Submission> => {
    const now = clock();
    const enrollment = await lockEnrollment(trx, keyring, id);
    if (!enrollment || !isEditable(enrollment.status)) return { sent: false, reason: 'already_sent' };
    const { personal, unitCode } = enrollment;
    if (!personal || unitCode === undefined) return { sent: false, reason: 'incomplete' };
    const loginName = normaliseLoginName(personal.loginName);
    const { index } = await settleNationalIdIndex(trx, keyring, personal.nationalId);
    const unit = await readUnitFacts(trx, unitCode, now);
    const holder = { enrollmentId: id, loginName, nationalIdIndex: index, unitCode };
    const refusal = submissionRefusal(enrollment, unit, await findUniqueness(trx, holder));
    if (refusal !== undefined) return { sent: false, reason: refusal };

    const written = await updateEnrollment(trx, id, {
      status: 'unconfirmed',
      login_name: loginName,
      applicant_name: personal.name,
      national_id_index: index,
      paper: enrollment.role === 'unit_manager' ? 'awaiting_form' : null,
      retry: null,
      submitted_at: now,
      updated_at: now,
    });
    if (!written) throw new NameTaken();
    await deleteScan(trx, id);
    await settleProof(trx, id, now);
    await recordEvent(trx, { enrollmentId: id, at: now, status: 'submitted' });
    await recordAudit(trx, {
      type: 'enrollment.submitted',
      caller,
      details: { enrollment: id, unit: unitCode, role: enrollment.role ?? '' },
    });
    if (personal.confirmedEmail === personal.email) {
      const sent = { ...enrollment, loginName, nationalIdIndex: index };
      return { sent: true, status: await enterReview(services, trx, sent) };
    }
    await sendConfirmation(services, trx, enrollment);
    return { sent: true, status: 'unconfirmed' };
  }).catch((error: unknown): Submission => {
    if (error instanceof NameTaken) return { sent: false, reason: 'login_name_taken' };
    throw error;
  });
}

/** Two were sent under one name at once: the database let one of them through. */
class NameTaken extends Error {}
