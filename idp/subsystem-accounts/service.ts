import type { Db, Trx } from '#db/idp/tables.ts';
import { recordAudit } from '../audit/index.ts';
import { type StatusRefusal, decideStatus } from './policy.ts';
import { deleteBinding, endGrantsOf, lockStatus, updateStatus } from './store.ts';
import type { StatusChange } from './types.ts';

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
  return db.transaction().execute((trx) => changeStatus(trx, id, change));
}

/**
 * Takes a bound account off its person's list; what was granted under it ends at once.
 * @returns how many grants ended, or undefined when the person has no such binding
 */
export async function unbind(trx: Trx, id: string, accountId: string): Promise<number | undefined> {
  if (!(await deleteBinding(trx, id, accountId))) return undefined;
  return endGrantsOf(trx, id, 'unbound');
}
