import type { Db, Trx } from '#db/idp/tables.ts';
import { recordAudit } from '../audit/index.ts';
import { type SubsystemAccountStatus, deleteBinding, endGrantsOf, updateStatus } from './store.ts';

/**
 * Changes a subsystem account's status. Whatever it becomes, what was granted under the old one ends at once.
 * @param reason why, for the audit record
 * @returns false when there is no such account
 */
export async function setStatus(
  db: Db,
  id: string,
  status: SubsystemAccountStatus,
  reason: string,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const account = await updateStatus(trx, id, status);
    if (!account) return false;
    const ended = await endGrantsOf(trx, id, `subsystem_account_${status}`);
    await recordAudit(trx, {
      type: 'subsystem_account.status_changed',
      toSubsystemAccountId: id,
      ...(account.accountId !== null && { accountId: account.accountId }),
      details: { status, reason, grantsEnded: ended },
    });
    return true;
  });
}

/**
 * Takes a bound account off its person's list; what was granted under it ends at once.
 * @returns how many grants ended, or undefined when the person has no such binding
 */
export async function unbind(trx: Trx, id: string, accountId: string): Promise<number | undefined> {
  if (!(await deleteBinding(trx, id, accountId))) return undefined;
  return endGrantsOf(trx, id, 'unbound');
}
