import { transact } from '#db/transact.ts';
import type { Reach } from '../../permissions/index.ts';
import { reachesSubsystem } from '../../permissions/index.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../../audit/index.ts';
import { submissionRefusal } from '../policy.ts';
import { closeRequest, findRequest, insertRequest, listDeciders, lockRequest } from '../store.ts';
import type { PermissionRequestDeps, PermissionWish, SubmissionRefusal } from '../types.ts';
import { tellDeciders } from '../words.ts';
import { readFacts } from './facts.ts';

export type Submission = { sent: true; id: string; no: number } | { sent: false; reason: SubmissionRefusal };

/**
 * M-43, SM-08: a unit's manager asks the agency for one manager more, or for a business of its own.
 * @param reach how far the applicant's right to ask goes
 */
export async function submitRequest(
  deps: PermissionRequestDeps,
  actor: ConsoleActor,
  reach: Reach,
  wish: PermissionWish,
  from: Caller,
): Promise<Submission> {
  const refused = (reason: SubmissionRefusal): Submission => ({ sent: false, reason });
  if (!reachesSubsystem(reach, wish.subsystemCode, wish.unitCode)) return refused('not_permitted');
  return transact(deps.db, async (trx): Promise<Submission> => {
    const at = deps.clock();
    const { manifest, unitIsOpen, ...facts } = await readFacts(trx, deps, wish);
    if (!manifest || !unitIsOpen) return refused('not_permitted');
    const refusal = submissionRefusal(wish, { ...facts, manifest });
    if (refusal !== undefined) return refused(refusal);
    const id = crypto.randomUUID();
    const no = await insertRequest(trx, { ...wish, id, applicantAccountId: actor.accountId, at });
    if (no === undefined) throw new Doubled();
    await recordConsoleDeed(trx, actor, {
      type: 'permission_request.submitted',
      target: { kind: 'permission_request', id },
      unitCode: wish.unitCode,
      ...(wish.targetId !== null && { subsystemAccountId: wish.targetId }),
      details: { no, kind: wish.kind, subsystem: wish.subsystemCode, menuRole: wish.menuRole },
      from,
    });
    const request = await findRequest(trx, id);
    if (request) await tellDeciders(trx, deps, request, await listDeciders(trx, at));
    return { sent: true, id, no };
  }).catch((error: unknown): Submission => {
    if (error instanceof Doubled) return refused('already_requested');
    throw error;
  });
}

/** The same was asked for at the same moment: the database let one through. */
class Doubled extends Error {}

/** SM-08: the applicant takes it back. @returns false when there is nothing of theirs to take back any more */
export async function withdrawRequest(
  deps: PermissionRequestDeps,
  actor: ConsoleActor,
  id: string,
  from: Caller,
): Promise<boolean> {
  return transact(deps.db, async (trx) => {
    const request = await lockRequest(trx, id);
    if (request?.status !== 'submitted' || request.applicantAccountId !== actor.accountId) return false;
    const end = { status: 'withdrawn' as const, at: deps.clock(), by: actor.accountId, reason: '' };
    await closeRequest(trx, id, end);
    await recordConsoleDeed(trx, actor, {
      type: 'permission_request.withdrawn',
      target: { kind: 'permission_request', id },
      unitCode: request.unitCode,
      details: { no: request.no },
      from,
    });
    return true;
  });
}
