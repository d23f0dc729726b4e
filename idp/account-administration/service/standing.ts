import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type AccountRole, countHolders, countOtherHolders, lockHolders } from '../../accounts/index.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { MANAGER_QUOTA } from '../../enrollments/index.ts';
import type { Reach } from '../../permissions/index.ts';
import { endEverywhere } from '../../sessions/index.ts';
import { changeStatus } from '../../subsystem-accounts/index.ts';
import { findUnit } from '../../units/index.ts';
import {
  type MoveRefusal,
  type RoleFacts,
  type RoleRefusal,
  administrationRefusal,
  moveRefusal,
  roleRefusal,
} from '../policy.ts';
import { isThereAlready, listLivingAccounts, updateStanding } from '../store/subject.ts';
import type { AccountAdministrationDeps, Doer, Subject } from '../types.ts';
import { getReach, getSubject, holdSubject } from './reach.ts';

/**
 * Gives an account another role. Whoever loses or gains rights signs in anew, so that the second factor is asked for.
 * @throws Fault not_found when the account is out of reach
 */
export async function changeRole(
  deps: AccountAdministrationDeps,
  { caller, from }: Doer,
  id: string,
  { role, reason }: { role: AccountRole; reason: string },
): Promise<RoleRefusal | undefined> {
  const reach = getReach(caller, 'accounts.change_role');
  return transact(deps.db, async (trx) => {
    const { subject, facts } = await holdWith(trx, reach, id, (unitCode) => ({ role, unitCode }));
    const refusal =
      administrationRefusal(caller, reach, subject) ?? roleRefusal(caller, subject, role, facts);
    if (refusal) return refusal;
    await updateStanding(trx, id, { role });
    const sessionsEnded = await endEverywhere(trx, id, 'administrator');
    await recordConsoleDeed(trx, caller, {
      type: 'account.role_changed',
      target: { kind: 'account', id },
      accountId: id,
      unitCode: subject.unitCode,
      changes: { role: [subject.role, role] },
      details: { sessionsEnded },
      reason,
      from,
    });
    return undefined;
  });
}

/**
 * F3: moves an account to another unit; the caller has rights on both. The subsystem accounts at the old unit are
 * disabled with it when asked for.
 * @throws Fault not_found when the account is out of reach
 */
export async function moveAccount(
  deps: AccountAdministrationDeps,
  { caller, from }: Doer,
  id: string,
  asked: { unitCode: string; disablesAccounts: boolean; reason: string },
): Promise<MoveRefusal | undefined> {
  const reach = getReach(caller, 'accounts.move');
  const { unitCode, reason } = asked;
  return transact(deps.db, async (trx) => {
    const target = await findUnit(trx, unitCode);
    const { subject, facts } = await holdWith(trx, reach, id, (_own, role) => ({ role, unitCode }));
    const isThere = await isThereAlready(trx, id, unitCode);
    const refusal =
      administrationRefusal(caller, reach, subject) ??
      moveRefusal(reach, subject, target, { ...facts, isThereAlready: isThere });
    if (refusal) return refusal;
    await updateStanding(trx, id, { unitCode });
    const accounts = asked.disablesAccounts ? await listLivingAccounts(trx, id, subject.unitCode) : [];
    for (const account of accounts) {
      await changeStatus(trx, account, { deed: 'disable', reason, actorAccountId: caller.accountId });
    }
    await recordConsoleDeed(trx, caller, {
      type: 'account.moved',
      target: { kind: 'account', id },
      accountId: id,
      unitCode,
      changes: { unit: [subject.unitCode, unitCode] },
      details: { disabled: accounts },
      reason,
      from,
    });
    return undefined;
  });
}

/** The account, and whoever holds the role it is about to take, held until the transaction ends. */
async function holdWith(
  trx: Trx,
  reach: Reach,
  id: string,
  place: (unitCode: string, role: AccountRole) => { role: AccountRole; unitCode: string },
): Promise<{ subject: Subject; facts: RoleFacts }> {
  const seen = await getSubject(trx, reach, id);
  const there = place(seen.unitCode, seen.role);
  // in one order, so that two who exchange units or roles never wait for each other
  const places = [{ role: seen.role, unitCode: seen.unitCode }, there];
  places.sort((a, b) => (`${a.role} ${a.unitCode}` < `${b.role} ${b.unitCode}` ? -1 : 1));
  for (const each of places) await lockHolders(trx, each);
  const subject = await holdSubject(trx, reach, id);
  return {
    subject,
    facts: {
      otherHolders: await countOtherHolders(trx, subject),
      managers: {
        used: await countHolders(trx, { role: 'unit_manager', unitCode: there.unitCode }),
        limit: MANAGER_QUOTA,
      },
    },
  };
}
