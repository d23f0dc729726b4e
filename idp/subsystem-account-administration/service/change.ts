import { transact } from '#db/transact.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { lockManagerQuota } from '../../entitlements/index.ts';
import { changeAccess, changeStatus } from '../../subsystem-accounts/index.ts';
import {
  type AccessRefusal,
  type AdministrationRefusal,
  accessRefusal,
  administrationRefusal,
} from '../policy.ts';
import { findNationalIdIndex, lockAdministered } from '../store/accounts.ts';
import type { AccessForm, AdministeredAccount, Doer, SubsystemAdministrationDeps } from '../types.ts';
import { readOffer } from './facts.ts';
import { getAdministered, getReach, getSubsystem, manages } from './reach.ts';

export type AccessOutcome =
  | { done: true }
  | { done: false; refusal: AdministrationRefusal }
  | { done: false; field: 'role' | 'duty' | 'menu_role'; reason: AccessRefusal }
  | { done: false; inForce: AccessForm };

/** The access in force, as the form shows it. */
export function formOf(account: AdministeredAccount): AccessForm {
  const { role, duty, menuRoles, status } = account;
  return {
    role,
    duty,
    menuRoles: menuRoles.toSorted(),
    status: status === 'disabled' ? 'disabled' : 'active',
  };
}

/**
 * P-51: gives the account what the form says, if its form was opened with what is in force still. Grants under the
 * old access end at once; the subsystem sees the new one at the next click.
 * @throws Fault not_found when the account is out of reach
 */
export async function changeAccount(
  deps: Pick<SubsystemAdministrationDeps, 'db' | 'registry' | 'clock'>,
  { caller, from }: Doer,
  id: string,
  asked: { form: AccessForm; was: AccessForm; reason: string },
): Promise<AccessOutcome> {
  const reach = getReach(caller, 'subsystem_accounts.change');
  const { form, was, reason } = asked;
  return transact(deps.db, async (trx): Promise<AccessOutcome> => {
    const seen = await getAdministered(trx, reach, id);
    const { manifest } = getSubsystem(deps.registry, seen);
    // held first by everybody who could make a manager there, then the account
    const quota = await lockManagerQuota(trx, { unitCode: seen.unitCode, manifest });
    const account = await lockAdministered(trx, id);
    if (account?.unitCode !== seen.unitCode) return { done: false, refusal: 'out_of_reach' };
    const actor = {
      accountId: caller.accountId,
      nationalIdIndex: await findNationalIdIndex(trx, caller.accountId),
    };
    const refusal = administrationRefusal(actor, reach, account, manages(deps.registry, account));
    if (refusal) return { done: false, refusal };
    const inForce = formOf(account);
    if (JSON.stringify(inForce) !== JSON.stringify({ ...was, menuRoles: was.menuRoles.toSorted() })) {
      return { done: false, inForce };
    }
    const offer = await readOffer(deps, trx, caller, account, quota);
    const wrong = accessRefusal(account, form, offer);
    if (wrong) return { done: false, ...wrong };
    const { role, duty, menuRoles } = form;
    const actorAccountId = caller.accountId;
    const access = { unitCode: account.unitCode, role, duty, menuRoles };
    const hasChanged = await changeAccess(trx, id, { access, reason, actorAccountId });
    if (form.status !== inForce.status) {
      const deed = form.status === 'active' ? ('enable' as const) : ('disable' as const);
      await changeStatus(trx, id, { deed, reason, actorAccountId });
    }
    if (hasChanged || form.status !== inForce.status) {
      await recordConsoleDeed(trx, caller, {
        type: 'subsystem_account.administered',
        target: { kind: 'subsystem_account', id },
        subsystemAccountId: id,
        ...(account.accountId !== null && { accountId: account.accountId }),
        unitCode: account.unitCode,
        changes: {
          role: [inForce.role, role],
          duty: [inForce.duty, duty],
          menuRoles: [inForce.menuRoles, menuRoles.toSorted()],
          status: [inForce.status, form.status],
        },
        ...(reason !== '' && { reason }),
        from,
      });
    }
    return { done: true };
  });
}
