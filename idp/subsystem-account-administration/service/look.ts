import { reachOf } from '../../permissions/index.ts';
import { type AdministrationRefusal, administrationRefusal } from '../policy.ts';
import { findNationalIdIndex } from '../store/accounts.ts';
import type { AdministeredAccount, Doer, SubsystemAdministrationDeps } from '../types.ts';
import { manages } from './reach.ts';

/** P-50, F4: why the caller may only look at the account; nothing when they may change it. */
export async function lookOnlyRefusal(
  deps: Pick<SubsystemAdministrationDeps, 'db' | 'registry'>,
  caller: Doer['caller'],
  account: AdministeredAccount,
): Promise<AdministrationRefusal | undefined> {
  const reach = reachOf(caller, 'subsystem_accounts.change');
  if (!reach) return 'out_of_reach';
  const nationalIdIndex = await findNationalIdIndex(deps.db, caller.accountId);
  const actor = { accountId: caller.accountId, nationalIdIndex };
  return administrationRefusal(actor, reach, account, manages(deps.registry, account));
}
