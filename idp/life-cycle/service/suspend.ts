import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { translate } from '#templates/locales.ts';
import { type SuspensionCause, changeStatus } from '../../subsystem-accounts/index.ts';
import { findSuspendable, listManagers } from '../store/people.ts';
import type { LifeDeps, SuspendableAccount } from '../types.ts';
import { inEveryLanguage, tell } from '../words.ts';

/**
 * SM-05: suspends active subsystem accounts; what was granted as them ends at once, owner and managers are told.
 * Each is a transaction of its own; whoever is not active any more is passed over.
 * @param by the administrator who decided it; undefined when a rule did
 * @returns the ids that were suspended
 */
export async function suspendAccounts(
  deps: LifeDeps,
  ids: string[],
  because: SuspensionCause,
  by?: { accountId: string },
): Promise<string[]> {
  const suspended: string[] = [];
  for (const id of ids) {
    const done = await transact(deps.db, async (trx) => {
      const account = await findSuspendable(trx, id);
      return account !== undefined && suspendOne(trx, deps, account, because, by);
    });
    if (done) suspended.push(id);
  }
  return suspended;
}

/** @returns false when it is not active any more */
export async function suspendOne(
  trx: Trx,
  deps: LifeDeps,
  account: SuspendableAccount,
  because: SuspensionCause,
  by?: { accountId: string },
): Promise<boolean> {
  const actor = by && { actorAccountId: by.accountId };
  const outcome = await changeStatus(trx, account.id, {
    deed: 'suspend',
    because,
    reason: because,
    ...actor,
  });
  if (!outcome.changed) return false;
  const reason = inEveryLanguage((locale) => translate(locale, `life.because-${because}`));
  const news = { about: account, moment: outcome.changedAt.toISOString(), reason };
  if (account.ownerId !== null) await tell(trx, deps, account.ownerId, { outcome: 'suspended', ...news });
  for (const manager of await listManagers(trx, account.unitCode)) {
    if (manager !== account.ownerId) await tell(trx, deps, manager, { outcome: 'member_suspended', ...news });
  }
  return true;
}
