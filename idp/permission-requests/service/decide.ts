import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../../audit/index.ts';
import { addExtraManager, entitle, lockManagerQuota } from '../../entitlements/index.ts';
import { changeAccess, lockHeld } from '../../subsystem-accounts/index.ts';
import { decisionRefusal } from '../policy.ts';
import { closeRequest, findParty, lockRequest } from '../store.ts';
import type { DecisionRefusal, PermissionRequest, PermissionRequestDeps } from '../types.ts';
import { tellApplicant } from '../words.ts';
import { readFacts } from './facts.ts';

export type Decided = { done: true } | { done: false; reason: DecisionRefusal };

export interface DecisionAsked {
  id: string;
  decision: 'allow' | 'refuse';
  reason: string;
}

/**
 * SM-08: the agency's decision. What is allowed is done in the same transaction: the unit's quota grows by one and
 * the chosen account becomes a manager, or the unit may give the menu role from today on.
 */
export async function decideRequest(
  deps: PermissionRequestDeps,
  actor: ConsoleActor,
  asked: DecisionAsked,
  from: Caller,
): Promise<Decided> {
  const reason = asked.reason.trim();
  return transact(deps.db, async (trx): Promise<Decided> => {
    const at = deps.clock();
    const request = await lockRequest(trx, asked.id);
    if (!request) return { done: false, reason: 'not_found' };
    // held before it is read: a change of the account, or another of the quota, waits for the end
    if (request.targetId !== null) await lockHeld(trx, request.targetId);
    const people = {
      decider: await findParty(trx, actor.accountId, at),
      applicant: await findParty(trx, request.applicantAccountId, at),
    };
    const facts = await readFacts(trx, deps, request);
    const refusal = decisionRefusal(request, people, { ...asked, reason }, facts);
    if (refusal !== undefined) return { done: false, reason: refusal };
    if (asked.decision === 'allow') await apply(trx, deps, request, facts, actor.accountId);
    const status = asked.decision === 'allow' ? ('allowed' as const) : ('refused' as const);
    await closeRequest(trx, request.id, { status, at, by: actor.accountId, reason });
    await recordConsoleDeed(trx, actor, {
      type: `permission_request.${status}`,
      target: { kind: 'permission_request', id: request.id },
      accountId: request.applicantAccountId,
      unitCode: request.unitCode,
      ...(request.targetId !== null && { subsystemAccountId: request.targetId }),
      reason,
      details: {
        no: request.no,
        kind: request.kind,
        subsystem: request.subsystemCode,
        menuRole: request.menuRole,
      },
      from,
    });
    await tellApplicant(trx, deps, request, { outcome: status, reason });
    return { done: true };
  });
}

async function apply(
  trx: Trx,
  { clock }: PermissionRequestDeps,
  request: PermissionRequest,
  { manifest, candidate }: Awaited<ReturnType<typeof readFacts>>,
  actorAccountId: string,
): Promise<void> {
  const { unitCode, subsystemCode, menuRole, no } = request;
  if (request.kind === 'menu_role') {
    await entitle(trx, { unitCode, subsystemCode, menuRole: menuRole ?? '', basis: `no. ${no}` }, clock());
    return;
  }
  const role = manifest?.roles.find(({ manages }) => manages)?.code;
  if (!manifest || !candidate || role === undefined) throw new Error('allowed, but nothing to apply');
  await lockManagerQuota(trx, { unitCode, manifest });
  await addExtraManager(trx, { unitCode, subsystemCode });
  const { duty, menuRoles } = candidate;
  await changeAccess(trx, candidate.id, {
    access: { unitCode, role, duty, menuRoles },
    reason: `permission request ${no}`,
    actorAccountId,
  });
}
