import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { recordAudit } from '../audit/index.ts';
import { type StatusRefusal, decideStatus, defaultBindingName, nextAccountId } from './policy.ts';
import {
  deleteBinding,
  endGrantsOf,
  insertBinding,
  insertSubsystemAccount,
  listBindingNames,
  lockIdsOf,
  lockStatus,
  lockHeld,
  updateAccess,
  updateStatus,
} from './store.ts';
import type { AccessChange, NewSubsystemAccount, StatusChange } from './types.ts';

export type StatusOutcome =
  | { changed: true; accountId: string | null; changedAt: Date }
  | { changed: false; reason: StatusRefusal | 'unknown_account' };

/**
 * Changes a subsystem account's status as the state machine allows. Whatever it becomes, what was granted under
 * the old one ends at once.
 */
export async function changeStatus(trx: Trx, id: string, change: StatusChange): Promise<StatusOutcome> {
  const account = await lockStatus(trx, id);
  if (!account) return { changed: false, reason: 'unknown_account' };
  const decision = decideStatus(account.status, change.deed);
  if (!decision.allowed) return { changed: false, reason: decision.reason };
  const { to } = decision;
  const changedAt = await updateStatus(trx, id, to, change.because);
  const grantsEnded = await endGrantsOf(trx, id, `subsystem_account_${to}`);
  await recordAudit(trx, {
    type: 'subsystem_account.status_changed',
    toSubsystemAccountId: id,
    ...(account.accountId !== null && { accountId: account.accountId }),
    ...(change.actorAccountId !== undefined && { actorAccountId: change.actorAccountId }),
    details: {
      from: account.status,
      status: to,
      reason: change.reason,
      ...(change.because !== undefined && { because: change.because }),
      grantsEnded,
    },
  });
  return { changed: true, accountId: account.accountId, changedAt };
}

/** `changeStatus` in a transaction of its own. */
export function setStatus(db: Db, id: string, change: StatusChange): Promise<StatusOutcome> {
  return transact(db, (trx) => changeStatus(trx, id, change));
}

/**
 * Takes a bound account off its person's list; what was granted under it ends at once.
 * @returns how many grants ended, or undefined when the person has no such binding
 */
export async function unbind(trx: Trx, id: string, accountId: string): Promise<number | undefined> {
  if (!(await deleteBinding(trx, id, accountId))) return undefined;
  return endGrantsOf(trx, id, 'unbound');
}

/**
 * Gives an account another unit, role, duty or other menu roles; what was granted under the old ones ends at once,
 * and the next silent sign-in brings the new claims. The caller has decided that it may be so.
 * @returns false when nothing is different, or there is no such account
 */
export async function changeAccess(trx: Trx, id: string, change: AccessChange): Promise<boolean> {
  const before = await lockHeld(trx, id);
  const { access } = change;
  const same = (a: string[], b: string[]): boolean =>
    a.length === b.length && a.every((each) => b.includes(each));
  const changed = (['unitCode', 'role', 'duty'] as const).filter((part) => before?.[part] !== access[part]);
  const fields = [...changed, ...(before && same(before.menuRoles, access.menuRoles) ? [] : ['menuRoles'])];
  if (!before || fields.length === 0) return false;
  await updateAccess(trx, id, access);
  const grantsEnded = await endGrantsOf(trx, id, 'subsystem_account_changed');
  await recordAudit(trx, {
    type: 'subsystem_account.access_changed',
    toSubsystemAccountId: id,
    ...(before.accountId !== null && { accountId: before.accountId }),
    ...(change.actorAccountId !== undefined && { actorAccountId: change.actorAccountId }),
    details: { fields, reason: change.reason, grantsEnded },
  });
  return true;
}

/**
 * Opens an active account for a person under the next free number.
 * @returns its id; undefined when the person's numbers at the subsystem are used up
 */
export async function insertSubsystemAccountFor(
  trx: Trx,
  account: NewSubsystemAccount,
): Promise<string | undefined> {
  const { personNo, ids } = await lockIdsOf(trx, account);
  const id = nextAccountId(personNo, account.suffix, ids);
  if (id !== undefined) await insertSubsystemAccount(trx, id, account);
  return id;
}

/** The same, and binds it under a name of its own, after the subsystem's short one. */
export async function openSubsystemAccount(
  trx: Trx,
  account: NewSubsystemAccount & { shortName: string },
): Promise<string | undefined> {
  const { accountId, shortName } = account;
  const id = await insertSubsystemAccountFor(trx, account);
  if (id === undefined) return undefined;
  const name = defaultBindingName(shortName, await listBindingNames(trx, accountId));
  await insertBinding(trx, { id, accountId, name });
  return id;
}
