import { transact } from '#db/transact.ts';
import type { FieldError } from '#templates/views.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import {
  ENROLLMENT_THROTTLE,
  type PasswordHasher,
  normaliseLoginName,
  redeemCaptcha,
  throttleSubject,
  throttled,
} from '../../authenticators/index.ts';
import type { CaptchaDeps } from '../../authenticators/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { mayWithdraw } from '../policy.ts';
import { findByLoginName, lockEnrollment, updateEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';

export interface ProofForm {
  account: string;
  password: string;
  captcha: string;
}

const FAILED = { errors: [{ field: 'password', key: 'enrollment-progress.failed' }] };

/**
 * P-18: captcha, then account name and password of an application. No such application, a wrong password and a
 * locked name get one answer for one amount of work. @returns the application's id, or what to say
 */
export async function proveApplicant(
  services: EnrollmentServices & { hasher: PasswordHasher; captcha: CaptchaDeps },
  visit: string,
  form: ProofForm,
  caller: Caller,
): Promise<{ id: string } | { errors: FieldError[] }> {
  const missing = (['account', 'password', 'captcha'] as const).filter((field) => form[field].trim() === '');
  if (missing.length > 0) {
    return { errors: missing.map((field) => ({ field, key: `sign-in.${field}-required` })) };
  }
  const { db, keyring, clock, hasher } = services;
  const now = clock();
  if (!(await redeemCaptcha(services.captcha, visit, form.captcha, now))) {
    return { errors: [{ field: 'captcha', key: 'sign-in.captcha-wrong' }] };
  }
  const loginName = normaliseLoginName(form.account);
  const enrollment = await findByLoginName(db, keyring, loginName);
  const subject = throttleSubject(keyring, ENROLLMENT_THROTTLE, loginName);
  const verdict = await throttled(db, ENROLLMENT_THROTTLE, subject, now, (allowed) =>
    hasher.verify(allowed ? enrollment?.passwordHash : undefined, form.password),
  );
  if (verdict !== 'right' || !enrollment) {
    const reason = verdict === 'locked' ? 'locked' : enrollment ? 'wrong_password' : 'unknown_enrollment';
    await recordAudit(db, { type: 'enrollment.progress_refused', reason, caller });
    return FAILED;
  }
  return { id: enrollment.id };
}

/** SM-01: the applicant takes the application back. @returns false when there is nothing to take back any more */
export async function withdrawEnrollment(
  services: EnrollmentServices,
  id: string,
  caller: Caller,
): Promise<boolean> {
  const { db, keyring, clock } = services;
  return transact(db, async (trx) => {
    const enrollment = await lockEnrollment(trx, keyring, id);
    if (!enrollment || !mayWithdraw(enrollment.status)) return false;
    const now = clock();
    await updateEnrollment(trx, id, { status: 'withdrawn', confirm_digest: null, updated_at: now });
    await recordEvent(trx, { enrollmentId: id, at: now, status: 'withdrawn' });
    await recordAudit(trx, { type: 'enrollment.withdrawn', caller, details: { enrollment: id } });
    return true;
  });
}
