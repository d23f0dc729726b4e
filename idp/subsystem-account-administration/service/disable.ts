import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { changeStatus } from '../../subsystem-accounts/index.ts';
import { type AdministrationRefusal, administrationRefusal } from '../policy.ts';
import { findNationalIdIndex, lockAdministered } from '../store/accounts.ts';
import type { AdministeredAccount, Doer, SubsystemAdministrationDeps } from '../types.ts';
import { getAdministered, getReach, manages } from './reach.ts';

export type DisableRefusal = AdministrationRefusal | 'is_disabled';

/** Why the caller may not disable the account. */
export async function disableRefusal(
  deps: Pick<SubsystemAdministrationDeps, 'registry'>,
  db: Db | Trx,
  caller: Doer['caller'],
  account: AdministeredAccount,
): Promise<DisableRefusal | undefined> {
  const reach = getReach(caller, 'subsystem_accounts.change');
  const actor = {
    accountId: caller.accountId,
    nationalIdIndex: await findNationalIdIndex(db, caller.accountId),
  };
  const refusal = administrationRefusal(actor, reach, account, manages(deps.registry, account));
  return refusal ?? (account.status === 'disabled' ? 'is_disabled' : undefined);
}

/**
 * P-52: disables one account; what was granted as it ends at once.
 * @returns why not; nothing when it is done
 * @throws Fault not_found when the account is out of reach
 */
export async function disableAccount(
  deps: SubsystemAdministrationDeps,
  { caller, from }: Doer,
  id: string,
  reason: string,
): Promise<DisableRefusal | undefined> {
  const reach = getReach(caller, 'subsystem_accounts.change');
  return transact(deps.db, async (trx) => {
    await getAdministered(trx, reach, id);
    const account = await lockAdministered(trx, id);
    const refusal = account ? await disableRefusal(deps, trx, caller, account) : 'out_of_reach';
    if (refusal || !account) return refusal;
    await changeStatus(trx, id, { deed: 'disable', reason, actorAccountId: caller.accountId });
    await recordConsoleDeed(trx, caller, {
      type: 'subsystem_account.administered',
      target: { kind: 'subsystem_account', id },
      subsystemAccountId: id,
      ...(account.accountId !== null && { accountId: account.accountId }),
      unitCode: account.unitCode,
      changes: { status: [account.status, 'disabled'] },
      reason,
      from,
    });
    return undefined;
  });
}
