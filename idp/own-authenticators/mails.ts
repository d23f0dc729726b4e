import type { Trx } from '#db/idp/tables.ts';
import { LOCALES } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { Account } from '../accounts/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { FactorDeps } from './service/deps.ts';
import type { Factor } from './types.ts';

/** Tells a person that a way to sign in as them was added or removed. */
export async function tellOfFactor(
  trx: Trx,
  deps: Pick<FactorDeps, 'keyring' | 'clock'>,
  account: Account,
  news: { outcome: 'added' | 'removed'; kind: Factor['kind']; deed: string },
): Promise<void> {
  const { id: accountId, email: address, name, loginName } = account;
  const texts = LOCALES.map((locale) => [locale, translate(locale, `security.kind-${news.kind}`)]);
  await queueMail(trx, deps.keyring, {
    kind: 'authenticator_changed',
    to: { accountId, address, name },
    params: {
      outcome: news.outcome,
      loginName,
      authenticator: Object.fromEntries(texts) as { 'zh-TW': string; en: string },
      changedAt: deps.clock(),
    },
    dedupeKey: `authenticator:${news.deed}:${news.outcome}:${accountId}`,
  });
}
