import type { Trx } from '#db/idp/tables.ts';
import { findAccount } from '../accounts/index.ts';
import { queueMail } from '../notifications/index.ts';
import type { BindingDeps } from './service/deps.ts';

export interface BindingNews {
  outcome: 'added' | 'removed';
  subsystemCode: string;
  subsystemAccountId: string;
  binding: string;
  /** Names the deed, so that it is told once. */
  deed: string;
}

/** N16: tells a person that a subsystem account was bound to them or taken off their list. */
export async function tellOfBinding(
  trx: Trx,
  deps: Pick<BindingDeps, 'keyring' | 'registry' | 'config'>,
  accountId: string,
  news: BindingNews,
): Promise<void> {
  const person = await findAccount(trx, accountId);
  if (!person) return;
  const { outcome, subsystemCode, subsystemAccountId, binding } = news;
  const plain = { 'zh-TW': subsystemCode, en: subsystemCode };
  await queueMail(trx, deps.keyring, {
    kind: 'N16',
    to: { accountId, address: person.email, name: person.name },
    params: {
      outcome,
      subsystemName: deps.registry.subsystem(subsystemCode)?.name ?? plain,
      subsystemAccountId,
      binding,
      url: `${deps.config.issuer}/account/bindings`,
    },
    dedupeKey: `N16:${news.deed}:${outcome}:${accountId}`,
  });
}
