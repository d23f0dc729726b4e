import { LOCKS_BEFORE_SUSPENSION, LOCKS_WITHIN_HOURS } from '../policy.ts';
import { listRepeatedlyLocked } from '../store/locks.ts';
import type { LifeDeps } from '../types.ts';
import { suspendAccounts } from './suspend.ts';

/**
 * SM-05: suspends the subsystem accounts of whoever's password was locked again and again within a day. Apart from the
 * sign-in that locks, so that nobody learns from its time whether there is such an account.
 * @returns the ids that were suspended
 */
export async function suspendLockedAccounts(deps: LifeDeps): Promise<string[]> {
  const ids = await listRepeatedlyLocked(deps.db, LOCKS_BEFORE_SUSPENSION, LOCKS_WITHIN_HOURS);
  return suspendAccounts(deps, ids, 'repeated_lock');
}
