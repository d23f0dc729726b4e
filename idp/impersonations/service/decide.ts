import { transact } from '#db/transact.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../../audit/index.ts';
import { approverRefusal, stateOf, subjectRefusal } from '../policy.ts';
import { mayApprove, mayHelp, placeAt } from '../rights.ts';
import { findHelper, findSubject, lockImpersonation, setDecision } from '../store.ts';
import type { Impersonation, ImpersonationDeps, ImpersonationRefusal } from '../types.ts';

export type Decided = { done: true } | { done: false; reason: ImpersonationRefusal | 'not_found' };

/**
 * A second person approves or refuses, once; everything is looked at again at that moment. Refusing needs no more
 * than to be somebody else.
 */
export async function decideImpersonation(
  deps: ImpersonationDeps,
  actor: ConsoleActor,
  { id, decision, comment }: { id: string; decision: 'approve' | 'refuse'; comment: string },
  from: Caller,
): Promise<Decided> {
  return transact(deps.db, async (trx): Promise<Decided> => {
    const found = await lockImpersonation(trx, { id });
    if (!found) return { done: false, reason: 'not_found' };
    const refusal = await refusalOf(deps, trx, found, actor.accountId, decision);
    const { accountId, subsystemAccountId, clientId } = found;
    const type = decision === 'approve' ? 'impersonation.approved' : 'impersonation.refused';
    await recordConsoleDeed(trx, actor, {
      ...{ type, target: { kind: 'impersonation', id }, accountId, subsystemAccountId, clientId },
      ...{ reason: comment, from, ...(refusal !== undefined && { refusal }) },
      details: { operator: found.operatorAccountId },
    });
    if (refusal !== undefined) return { done: false, reason: refusal };
    const status = decision === 'approve' ? 'approved' : 'refused';
    await setDecision(trx, id, { status, by: actor.accountId, at: deps.clock(), comment });
    return { done: true };
  });
}

async function refusalOf(
  deps: ImpersonationDeps,
  trx: Parameters<typeof findHelper>[0],
  found: Impersonation,
  approverId: string,
  decision: 'approve' | 'refuse',
): Promise<ImpersonationRefusal | undefined> {
  if (stateOf(found, deps.clock()) !== 'requested') return 'not_pending';
  const operator = await findHelper(trx, found.operatorAccountId);
  const subject = await findSubject(trx, found.subsystemAccountId);
  const approver = await findHelper(trx, approverId);
  const four = approverRefusal(approver, { operator, subject }, mayApprove);
  if (four !== undefined || decision === 'refuse') return four;
  if (subject?.accountId !== found.accountId) return 'account_unavailable';
  return subjectRefusal(operator, subject, placeAt(deps.registry, found.subsystemCode), mayHelp);
}
