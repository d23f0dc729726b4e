import type { Trx } from '#db/idp/tables.ts';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { sendMessage } from '../messages/index.ts';
import { queueMail } from '../notifications/index.ts';
import { findUnit } from '../units/index.ts';
import type { Applicant } from './store/wishes.ts';
import type { AccessRequest, AccessRequestDeps, ReviewerContact } from './types.ts';

export const ACCESS_REQUESTS = '/account/access-requests';
/** Where reviewers find what waits for them. */
export const REVIEW_PLACE = '/console/access-requests';

type Localized = Record<Locale, string>;

const inEveryLanguage = (words: (locale: Locale) => string): Localized =>
  Object.fromEntries(LOCALES.map((locale) => [locale, words(locale)])) as Localized;
const here = inEveryLanguage((locale) => translate(locale, 'messages.from-here'));
const heading = inEveryLanguage((locale) => translate(locale, 'mail.N02.subject'));
const subjects = {
  account: inEveryLanguage((locale) => translate(locale, 'access-requests.subject-account')),
  change: inEveryLanguage((locale) => translate(locale, 'access-requests.subject-change')),
};

/** N02: a request waits for these reviewers, by mail and as a message; once for each step of each round. */
export async function tellReviewers(
  trx: Trx,
  { keyring, registry, config }: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
  reviewers: ReviewerContact[],
  /** Tells a reminder from the first time. */
  moment = '',
): Promise<void> {
  const { id, round, step, subsystemCode } = request;
  const unitName = await nameOfUnit(trx, request.unitCode);
  const subject = subjects[request.kind === 'account' ? 'account' : 'change'];
  for (const { accountId, name, email } of reviewers) {
    const dedupeKey = `N02:${id}:${round}:${step}:${accountId}${moment}`;
    await queueMail(trx, keyring, {
      kind: 'N02',
      to: { accountId, address: email, name },
      params: {
        applicantName: applicant.name,
        unitName,
        subject,
        url: `${config.issuer}${REVIEW_PLACE}/${id}`,
      },
      dedupeKey,
    });
    await sendMessage(trx, registry, {
      accountId,
      subsystemCode,
      sender: here,
      subject: heading,
      body: inEveryLanguage((locale) =>
        translate(locale, `access-requests.message-waiting-${request.kind}`, {
          name: applicant.name,
          unit: unitName[locale],
        }),
      ),
      link: `${REVIEW_PLACE}/${id}`,
      dedupeKey,
    });
  }
}

/** N04: what was decided, by mail and as a message with the subsystem's prefix. */
export async function tellApplicant(
  trx: Trx,
  { keyring, registry, config }: AccessRequestDeps,
  request: AccessRequest,
  applicant: Applicant,
  decided: { outcome: 'approved' | 'returned'; comment: string; subsystemAccountId?: string },
): Promise<void> {
  const { id, round, subsystemCode, kind } = request;
  const { accountId, name, email } = applicant;
  const { outcome, comment, subsystemAccountId } = decided;
  const subsystem = registry.subsystem(subsystemCode);
  const plain = { 'zh-TW': subsystemCode, en: subsystemCode };
  const dedupeKey = `N04:${id}:${round}`;
  const link = `${ACCESS_REQUESTS}/${id}`;
  await queueMail(trx, keyring, {
    kind: 'N04',
    to: { accountId, address: email, name },
    params: {
      outcome: outcome === 'approved' && kind !== 'account' ? 'changed' : outcome,
      prefix: subsystem?.manifest.messagePrefix ?? { 'zh-TW': '', en: '' },
      subsystemName: subsystem?.name ?? plain,
      unitName: await nameOfUnit(trx, request.unitCode),
      ...(subsystemAccountId !== undefined && { subsystemAccountId }),
      reason: comment,
      url: config.issuer + link,
    },
    dedupeKey,
  });
  await sendMessage(trx, registry, {
    accountId,
    subsystemCode,
    sender: here,
    subject: heading,
    body: inEveryLanguage((locale) =>
      translate(locale, `access-requests.message-${outcome}-${kind}`, {
        id: subsystemAccountId ?? '',
        comment,
      }),
    ),
    link,
    dedupeKey,
  });
}

async function nameOfUnit(trx: Trx, code: string): Promise<Localized> {
  const unit = await findUnit(trx, code);
  return { 'zh-TW': unit?.name ?? code, en: unit?.nameEn ?? code };
}
