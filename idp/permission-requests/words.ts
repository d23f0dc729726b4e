import type { Trx } from '#db/idp/tables.ts';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { findAccount } from '../accounts/index.ts';
import { sendMessage } from '../messages/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { PermissionRequest, PermissionRequestDeps } from './types.ts';

export const PERMISSION_REQUESTS = '/console/permission-requests';

const inBoth = (words: (locale: Locale) => string): Record<Locale, string> =>
  Object.fromEntries(LOCALES.map((locale) => [locale, words(locale)])) as Record<Locale, string>;
const here = inBoth((locale) => translate(locale, 'messages.from-here'));

/** N02: a request waits for the agency's administrators. */
export async function tellDeciders(
  trx: Trx,
  { keyring, registry, config }: PermissionRequestDeps,
  request: PermissionRequest,
  deciders: { accountId: string; name: string; email: string }[],
  moment = 'sent',
): Promise<void> {
  const { id, applicantName, unitName, unitNameEn } = request;
  const link = `${PERMISSION_REQUESTS}/${id}`;
  for (const { accountId, name, email } of deciders) {
    const dedupeKey = `N02:permission:${id}:${moment}:${accountId}`;
    await queueMail(trx, keyring, {
      kind: 'N02',
      to: { accountId, address: email, name },
      params: {
        applicantName,
        unitName: { 'zh-TW': unitName, en: unitNameEn },
        subject: inBoth((locale) => translate(locale, 'console-permission.title')),
        url: config.issuer + link,
      },
      dedupeKey,
    });
    await sendMessage(trx, registry, {
      accountId,
      sender: here,
      subject: inBoth((locale) => translate(locale, 'mail.N02.subject')),
      body: inBoth((locale) =>
        translate(locale, `console-permission.message-waiting-${request.kind}`, {
          name: applicantName,
          unit: locale === 'en' ? unitNameEn : unitName,
        }),
      ),
      link,
      dedupeKey,
    });
  }
}

/** N12: the applicant hears what was decided, by mail and as a message. */
export async function tellApplicant(
  trx: Trx,
  { keyring, registry, config }: PermissionRequestDeps,
  request: PermissionRequest,
  { outcome, reason }: { outcome: 'allowed' | 'refused'; reason: string },
): Promise<void> {
  const { id, no, kind, applicantAccountId, unitName, unitNameEn, subsystemCode } = request;
  const person = await findAccount(trx, applicantAccountId);
  if (!person) return;
  const link = `${PERMISSION_REQUESTS}/${id}`;
  const subject = inBoth((locale) => translate(locale, `console-permission.kind-${kind}`));
  const plain = { 'zh-TW': subsystemCode, en: subsystemCode };
  const dedupeKey = `N12:${id}`;
  await queueMail(trx, keyring, {
    kind: 'N12',
    to: { accountId: person.id, address: person.email, name: person.name },
    params: {
      outcome,
      requestNo: no,
      subject,
      subsystemName: registry.subsystem(subsystemCode)?.name ?? plain,
      unitName: { 'zh-TW': unitName, en: unitNameEn },
      reason,
      url: config.issuer + link,
    },
    dedupeKey,
  });
  await sendMessage(trx, registry, {
    accountId: person.id,
    sender: here,
    subject: inBoth((locale) => translate(locale, `mail.N12.${outcome}.subject`)),
    body: inBoth((locale) =>
      translate(locale, `console-permission.message-${outcome}`, { no, what: subject[locale], reason }),
    ),
    link,
    dedupeKey,
  });
}
