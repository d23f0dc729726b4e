import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { HOUR, MINUTE, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { CARD_TRIES } from '../../authenticators/index.ts';
import { listDeputies } from '../../delegations/index.ts';
import { sendMessage } from '../../messages/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { type Unit, findUnit, listUnitManagers } from '../../units/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { statusOnceConfirmed } from '../policy.ts';
import { sealPersonal } from '../sealed.ts';
import { findIdByConfirmation, lockEnrollment, updateEnrollment } from '../store/enrollments.ts';
import { recordEvent } from '../store/history.ts';
import type { Enrollment, EnrollmentStatus } from '../types.ts';

const LINK_MS = 24 * HOUR;
const RESEND_AFTER_MS = MINUTE;

/** A new link to the application's address; the one before is void. */
export async function sendConfirmation(
  services: EnrollmentServices,
  trx: Trx,
  enrollment: Enrollment,
): Promise<void> {
  const { keyring, clock, issuer } = services;
  const { personal } = enrollment;
  if (!personal) return;
  const now = clock();
  const token = randomToken();
  await updateEnrollment(trx, enrollment.id, {
    confirm_digest: digest(token),
    confirm_until: after(now, LINK_MS),
    confirm_sent_at: now,
    updated_at: now,
  });
  await queueMail(trx, keyring, {
    kind: 'confirm_address',
    to: { address: personal.email, name: personal.name },
    locale: enrollment.locale,
    params: { url: `${issuer}/enrollment/confirmation?token=${token}` },
    goodUntil: after(now, LINK_MS),
    dedupeKey: `enrollment ${enrollment.id} confirm ${digest(token).toString('hex')}`,
  });
}

/** Whether a link is still good, without using it: mail programs open links before people do. */
export async function isConfirmationOpen(services: EnrollmentServices, token: string): Promise<boolean> {
  return (await findIdByConfirmation(services.db, digest(token))) !== undefined;
}

/**
 * Uses a confirmation link, once: the application goes to its reviewers.
 * @returns `card` when the institution's card may be shown now; `expired` for a link that is used, replaced, unknown or older than a day; `doubled` when the person has
 * another application at the unit under way by now
 */
export async function confirmAddress(
  services: EnrollmentServices,
  token: string,
  caller: Caller,
): Promise<'confirmed' | 'card' | 'expired' | 'doubled'> {
  const { db, keyring, clock } = services;
  const secret = digest(token);
  const id = await findIdByConfirmation(db, secret);
  if (id === undefined) return 'expired';
  return transact(db, async (trx) => {
    const now = clock();
    const enrollment = await lockEnrollment(trx, keyring, id);
    // looked at again under the lock: of two presses one counts
    const stillId = await findIdByConfirmation(trx, secret);
    const { confirmUntil, status, personal } = enrollment ?? {};
    const isOpen = stillId === id && status === 'unconfirmed' && confirmUntil !== undefined;
    if (!enrollment || !isOpen || confirmUntil <= now || !personal) return 'expired' as const;
    const confirmed = { ...personal, confirmedEmail: personal.email };
    await updateEnrollment(trx, id, {
      personal_sealed: sealPersonal(keyring, id, confirmed),
      confirm_digest: null,
      confirm_until: null,
    });
    await recordAudit(trx, { type: 'enrollment.address_confirmed', caller, details: { enrollment: id } });
    const reached = await enterReview(services, trx, enrollment);
    return reached === 'pending_hca' ? ('card' as const) : ('confirmed' as const);
  }).catch((error: unknown) => {
    if (error instanceof Doubled) return 'doubled' as const;
    throw error;
  });
}

class Doubled extends Error {}

/** The application goes to whoever decides about it, and both sides are told. @returns where it stands now */
export async function enterReview(
  services: EnrollmentServices,
  trx: Trx,
  enrollment: Enrollment,
): Promise<EnrollmentStatus> {
  const { keyring, clock, issuer } = services;
  const { id, role, personal, loginName, unitCode } = enrollment;
  const now = clock();
  const unit = await findUnit(trx, unitCode ?? '');
  if (!personal || !unit || !role || loginName === undefined) throw new Error('sent, but not whole');
  const mayUseCard = services.cards !== undefined && enrollment.hcaFailures < CARD_TRIES;
  const status = statusOnceConfirmed(role, mayUseCard);
  const turn = {
    waiting_since: status === 'pending_unit_review' ? now : null,
    reminded_at: null,
    escalated_at: null,
  };
  if (!(await updateEnrollment(trx, id, { status, updated_at: now, ...turn }))) throw new Doubled();
  await recordEvent(trx, { enrollmentId: id, at: now, status });
  const unitName = { 'zh-TW': unit.name, en: unit.nameEn };
  await queueMail(trx, keyring, {
    kind: 'N01',
    to: { address: personal.email, name: personal.name },
    locale: enrollment.locale,
    params: { loginName, unitName, url: `${issuer}/enrollment-progress` },
    dedupeKey: `enrollment ${id} N01 ${now.getTime()}`,
  });
  if (status !== 'pending_unit_review') return status; // a card or a form has to come first
  const managers = await listUnitManagers(trx, unit.code, now);
  const ids = managers.map(({ accountId }) => accountId);
  await tellReviewers(services, trx, enrollment, unit, [...managers, ...(await listDeputies(trx, ids, now))]);
  return status;
}

type Words = (locale: Locale) => [key: string, params?: Record<string, string>];

function inBoth(words: Words): Record<Locale, string> {
  return { 'zh-TW': translate('zh-TW', ...words('zh-TW')), en: translate('en', ...words('en')) };
}

/** N02: an application waits for these reviewers, by mail and as a message. */
export async function tellReviewers(
  { keyring, clock, issuer, registry }: EnrollmentServices,
  trx: Trx,
  { id, personal }: Enrollment,
  unit: Unit,
  reviewers: { accountId: string; name: string; email: string }[],
): Promise<void> {
  const subject = inBoth(() => ['enrollment.review-subject']);
  const place = `/console/enrollments/${id}`;
  const unitName = { 'zh-TW': unit.name, en: unit.nameEn };
  for (const { accountId, name, email } of reviewers) {
    const dedupeKey = `enrollment ${id} N02 ${accountId} ${clock().getTime()}`;
    await queueMail(trx, keyring, {
      kind: 'N02',
      to: { accountId, address: email, name },
      params: { applicantName: personal?.name ?? '', unitName, subject, url: issuer + place },
      dedupeKey,
    });
    await sendMessage(trx, registry, {
      accountId,
      sender: inBoth(() => ['messages.from-here']),
      subject: inBoth(() => ['mail.N02.subject']),
      body: inBoth((locale) => [
        'enrollment.review-message',
        { name: personal?.name ?? '', unit: unitName[locale] },
      ]),
      link: place,
      dedupeKey,
    });
  }
}

/** Sends the link anew, at most once a minute. @returns false when it was too soon, or nothing waits for one */
export async function resendConfirmation(services: EnrollmentServices, id: string): Promise<boolean> {
  return transact(services.db, async (trx) => {
    const enrollment = await lockEnrollment(trx, services.keyring, id);
    if (enrollment?.status !== 'unconfirmed') return false;
    const { confirmSentAt } = enrollment;
    if (confirmSentAt && after(confirmSentAt, RESEND_AFTER_MS) > services.clock()) return false;
    await sendConfirmation(services, trx, enrollment);
    return true;
  });
}
