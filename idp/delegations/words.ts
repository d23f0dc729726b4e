import type { Trx } from '#db/idp/tables.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { formatMinute } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import { sendMessage } from '../messages/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { Period } from './policy.ts';
import type { DelegationDeps } from './service.ts';
import type { Party } from './types.ts';

export const DELEGATIONS = '/console/delegations';

interface Told {
  id: string;
  outcome: 'given' | 'revoked';
  delegator: Party;
  deputy: Party;
  period: Period;
}

/** Both hear of it by mail and as a message. */
export async function tellBoth(
  trx: Trx,
  { keyring, registry, config }: Pick<DelegationDeps, 'keyring' | 'registry' | 'config'>,
  { id, outcome, delegator, deputy, period }: Told,
): Promise<void> {
  const inBoth = (words: (locale: Locale) => string) =>
    Object.fromEntries(LOCALES.map((locale) => [locale, words(locale)])) as Record<Locale, string>;
  const span = inBoth(
    (locale) =>
      `${formatMinute(locale, period.from)} – ${formatMinute(locale, after(period.until, -MINUTE))}`,
  );
  for (const { accountId, email, name } of [delegator, deputy]) {
    // the deputy may not enter the console before the period begins, or after its end
    const place = accountId === delegator.accountId ? DELEGATIONS : '/';
    await queueMail(trx, keyring, {
      kind: 'delegation',
      to: { accountId, address: email, name },
      params: {
        outcome,
        delegatorName: delegator.name,
        deputyName: deputy.name,
        period: span,
        url: config.issuer + place,
      },
      dedupeKey: `delegation ${id} ${outcome} ${accountId}`,
    });
    await sendMessage(trx, registry, {
      accountId,
      sender: inBoth((locale) => translate(locale, 'messages.from-here')),
      subject: inBoth((locale) => translate(locale, `mail.delegation.${outcome}.subject`)),
      body: inBoth((locale) =>
        translate(locale, `console-delegations.message-${outcome}`, {
          delegator: delegator.name,
          deputy: deputy.name,
          period: span[locale],
        }),
      ),
      link: place,
      dedupeKey: `delegation:${id}:${outcome}`,
    });
  }
}
