import { transact } from '#db/transact.ts';
import { requirePasswordChange } from '../../authenticators/index.ts';
import { type StatusRefusal, changeStatus } from '../../subsystem-accounts/index.ts';
import { type ReinstatementRefusal, decideReinstatement } from '../policy.ts';
import { findSubsystemAccount, isHeldBy, listManagers } from '../store/people.ts';
import type { LifeDeps, Reviewer } from '../types.ts';
import { inEveryLanguage, tell } from '../words.ts';

export type ReinstatementOutcome =
  | { reinstated: true }
  | { reinstated: false; reason: ReinstatementRefusal | StatusRefusal | 'unknown_account' };

/**
 * Makes a suspended subsystem account active again; its owner chooses a new password at the next sign-in. Owner
 * and managers are told. Refusals change nothing.
 * @param reviewer undefined for an operator at the machine
 */
export async function reinstate(
  deps: LifeDeps,
  id: string,
  reason: string,
  reviewer: Reviewer | undefined,
): Promise<ReinstatementOutcome> {
  return transact(deps.db, async (trx): Promise<ReinstatementOutcome> => {
    const account = await findSubsystemAccount(trx, id);
    if (!account) return { reinstated: false, reason: 'unknown_account' };
    const { accountId, subsystemCode, unitCode } = account;
    const roles = deps.registry.subsystem(subsystemCode)?.manifest.roles;
    const manages = roles?.find(({ code }) => code === account.role)?.manages ?? false;
    const isReviewers = reviewer && (await isHeldBy(trx, id, reviewer.accountId));
    const of = { accountId, unitCode, manages, ...(isReviewers && { isReviewers }) };
    const decision = reviewer && decideReinstatement(of, reviewer);
    if (decision && !decision.allowed) return { reinstated: false, reason: decision.reason };

    const actor = reviewer && { actorAccountId: reviewer.accountId };
    const outcome = await changeStatus(trx, id, { deed: 'reinstate', reason, ...actor });
    if (!outcome.changed) return { reinstated: false, reason: outcome.reason };
    const news = {
      about: { id, subsystemCode },
      moment: outcome.changedAt.toISOString(),
      reason: inEveryLanguage(() => reason),
    };
    if (accountId !== null) {
      await requirePasswordChange(trx, accountId);
      await tell(trx, deps, accountId, { outcome: 'reinstated', ...news });
    }
    for (const manager of await listManagers(trx, unitCode)) {
      if (manager !== accountId) await tell(trx, deps, manager, { outcome: 'member_reinstated', ...news });
    }
    return { reinstated: true };
  });
}
