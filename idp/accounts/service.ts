import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Keyring } from '#kit/keyring.ts';
import { recordAudit } from '../audit/index.ts';
import { nationalIdIndexes } from './national-id.ts';
import { closeEmergencyStops, lockNationalId, moveNationalIdIndex, updateStatus } from './store.ts';

type EndSessions = (trx: Trx, accountId: string) => Promise<number>;

/** `disableAccountWithin` in a transaction of its own. */
export function disableAccount(
  db: Db,
  loginName: string,
  reason: string,
  endSessions: EndSessions,
): Promise<boolean> {
  return transact(db, (trx) => disableAccountWithin(trx, loginName, reason, endSessions));
}

/**
 * Disables a person's account; `endSessions` ends every session with its grants and tokens, in the same
 * transaction and after the status is written, so that no sign-in under way slips through.
 * @returns false when there is no active account of that name
 */
export async function disableAccountWithin(
  trx: Trx,
  loginName: string,
  reason: string,
  endSessions: EndSessions,
): Promise<boolean> {
  const accountId = await updateStatus(trx, loginName, 'disabled');
  if (accountId === undefined) return false;
  const ended = await endSessions(trx, accountId);
  await recordAudit(trx, {
    type: 'account.disabled',
    accountId,
    details: { reason, sessionsEnded: ended },
  });
  return true;
}

/** Lets a disabled account sign in again. @returns false when there is none of that name */
export async function enableAccount(db: Db, loginName: string, reason: string): Promise<boolean> {
  return transact(db, async (trx) => {
    const accountId = await updateStatus(trx, loginName, 'active');
    if (accountId === undefined) return false;
    await closeEmergencyStops(trx, accountId, reason);
    await recordAudit(trx, { type: 'account.enabled', accountId, details: { reason } });
    return true;
  });
}

/**
 * The digest to store an ID number under. Whatever still has the number under an older master key's digest is moved
 * along, in the same transaction, so that equal numbers have equal digests at any time; whoever else settles the same
 * number waits, at a replica too whose ring has the same keys in another order.
 * @returns the newest key's digest, and how many rows were moved to it
 */
export async function settleNationalIdIndex(
  trx: Trx,
  keyring: Keyring,
  nationalId: string,
): Promise<{ index: Buffer; moved: number }> {
  const [index, ...older] = nationalIdIndexes(keyring, nationalId);
  if (older.length === 0) return { index, moved: 0 };
  await lockNationalId(trx, [index, ...older]);
  return { index, moved: await moveNationalIdIndex(trx, older, index) };
}
