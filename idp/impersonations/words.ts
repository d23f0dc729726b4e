import type { Trx } from '#db/idp/tables.ts';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { formatMinute } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import { sendMessage } from '../messages/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { Impersonation, ImpersonationDeps } from './types.ts';

export const IMPERSONATIONS = '/console/impersonations';
/** Where the code is entered, in a browser that is signed in to nothing. */
export const ENTRANCE = '/impersonation';
/** Where the person sees who signed in as them, and ends it. */
export const PERSONS_PLACE = '/account/sessions';

/** The person hears by mail and as a message who acts or acted as them, where, why and until when. */
export async function tellPerson(
  trx: Trx,
  { keyring, registry, config }: ImpersonationDeps,
  of: Impersonation,
  outcome: 'begun' | 'ended',
): Promise<void> {
  const inBoth = (words: (locale: Locale) => string) =>
    Object.fromEntries(LOCALES.map((locale) => [locale, words(locale)])) as Record<Locale, string>;
  const subsystem = registry.subsystem(of.subsystemCode);
  const subsystemName = inBoth((locale) => subsystem?.name[locale] ?? of.subsystemCode);
  const period = inBoth((locale) => {
    const ends = outcome === 'ended' ? of.endedAt : of.endsAt;
    return [of.begunAt, ends].map((at) => (at ? formatMinute(locale, at) : '')).join(' – ');
  });
  const { id, accountId, personName, personEmail, operatorName, subsystemAccountId, reason } = of;
  await queueMail(trx, keyring, {
    kind: 'impersonation',
    to: { accountId, address: personEmail, name: personName },
    params: {
      outcome,
      ...{ operatorName, subsystemName, subsystemAccountId, period, reason },
      url: config.issuer + PERSONS_PLACE,
    },
    dedupeKey: `impersonation ${id} ${outcome}`,
  });
  await sendMessage(trx, registry, {
    accountId,
    sender: inBoth((locale) => translate(locale, 'messages.from-here')),
    subject: inBoth((locale) => translate(locale, `mail.impersonation.${outcome}.subject`)),
    body: inBoth((locale) =>
      translate(locale, `console-impersonations.message-${outcome}`, {
        ...{ operator: operatorName, system: subsystemName[locale], account: subsystemAccountId },
        ...{ period: period[locale], reason },
      }),
    ),
    link: PERSONS_PLACE,
    dedupeKey: `impersonation:${id}:${outcome}`,
  });
}
