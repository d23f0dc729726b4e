import type { Trx } from '#db/idp/tables.ts';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import { findAccount } from '../accounts/index.ts';
import { type MessageText, sendMessage } from '../messages/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { LifeDeps } from './types.ts';

/** What happened to a subsystem account; `moment` names the event, so that it is told once. */
export interface News {
  about: { id: string; subsystemCode: string };
  moment: string;
}

export type StatusOutcomeNews = News & {
  outcome: 'suspended' | 'reinstated' | 'member_suspended' | 'member_reinstated';
  reason: MessageText;
};

/** The same words in every language. */
export function inEveryLanguage(words: (locale: Locale) => string): MessageText {
  return Object.fromEntries(LOCALES.map((locale) => [locale, words(locale)])) as MessageText;
}

/** N10 by mail and as a message: the account will be suspended at `suspendsAt`. */
export async function warn(
  trx: Trx,
  deps: LifeDeps,
  accountId: string,
  { about, moment, suspendsAt }: News & { suspendsAt: Date },
): Promise<void> {
  const person = await findAccount(trx, accountId);
  if (!person) return;
  const facts = factsOf(deps, about);
  const dedupeKey = `N10:warned:${about.id}:${moment}:${accountId}`;
  await queueMail(trx, deps.keyring, {
    kind: 'N10',
    to: { accountId, address: person.email, name: person.name },
    params: { outcome: 'warned', ...facts, suspendsAt, url: `${deps.config.issuer}/` },
    dedupeKey,
  });
  await leaveMessage(trx, deps, accountId, {
    key: 'warned',
    dedupeKey,
    params: (locale) => ({
      system: facts.subsystemName[locale],
      id: about.id,
      at: formatDateTime(locale, suspendsAt),
    }),
  });
}

/** N10 by mail and as a message: the account was suspended or reinstated. */
export async function tell(
  trx: Trx,
  deps: LifeDeps,
  accountId: string,
  { about, moment, outcome, reason }: StatusOutcomeNews,
): Promise<void> {
  const person = await findAccount(trx, accountId);
  if (!person) return;
  const facts = factsOf(deps, about);
  const dedupeKey = `N10:${outcome}:${about.id}:${moment}:${accountId}`;
  await queueMail(trx, deps.keyring, {
    kind: 'N10',
    to: { accountId, address: person.email, name: person.name },
    params: { outcome, ...facts, reason },
    dedupeKey,
  });
  await leaveMessage(trx, deps, accountId, {
    key: outcome,
    dedupeKey,
    params: (locale) => ({ system: facts.subsystemName[locale], id: about.id, reason: reason[locale] }),
  });
}

/** A message of the single entry's own, its words `life.<key>.subject` and `.body`. */
export async function leaveMessage(
  trx: Trx,
  deps: Pick<LifeDeps, 'registry'>,
  accountId: string,
  message: { key: string; dedupeKey: string; params: (locale: Locale) => Record<string, string> },
): Promise<void> {
  const { key, dedupeKey, params } = message;
  await sendMessage(trx, deps.registry, {
    accountId,
    sender: inEveryLanguage((locale) => translate(locale, 'messages.from-here')),
    subject: inEveryLanguage((locale) => translate(locale, `life.${key}.subject`, params(locale))),
    body: inEveryLanguage((locale) => translate(locale, `life.${key}.body`, params(locale))),
    dedupeKey,
  });
}

function factsOf(deps: LifeDeps, { id, subsystemCode }: News['about']) {
  const plain = { 'zh-TW': subsystemCode, en: subsystemCode };
  return { subsystemName: deps.registry.subsystem(subsystemCode)?.name ?? plain, subsystemAccountId: id };
}
