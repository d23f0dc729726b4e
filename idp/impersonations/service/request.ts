import { transact } from '#db/transact.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../../audit/index.ts';
import { subjectRefusal } from '../policy.ts';
import { mayHelp, placeAt } from '../rights.ts';
import { findHelper, findSubject, insertImpersonation, lockImpersonation, setOver } from '../store.ts';
import type { ImpersonationDeps, ImpersonationRefusal } from '../types.ts';
import { stateOf } from '../policy.ts';

export interface Asked {
  subsystemAccountId: string;
  reason: string;
  ticket: string;
  minutes: number;
}

export type Requested = { sent: true; id: string } | { sent: false; reason: ImpersonationRefusal };

/** An operator asks to act as an account; nothing is opened by it. What is refused is recorded too. */
export async function requestImpersonation(
  deps: ImpersonationDeps,
  actor: ConsoleActor,
  asked: Asked,
  from: Caller,
): Promise<Requested> {
  return transact(deps.db, async (trx): Promise<Requested> => {
    const operator = await findHelper(trx, actor.accountId);
    const subject = await findSubject(trx, asked.subsystemAccountId);
    const place = subject && placeAt(deps.registry, subject.subsystemCode);
    const refusal = subjectRefusal(operator, subject, place, mayHelp);
    const deed = { type: 'impersonation.requested', reason: asked.reason, from } as const;
    if (refusal !== undefined || !subject || !place) {
      const target = { kind: 'subsystem_account', id: asked.subsystemAccountId };
      await recordConsoleDeed(trx, actor, { ...deed, target, refusal: refusal ?? 'account_unavailable' });
      return { sent: false, reason: refusal ?? 'account_unavailable' };
    }
    const id = crypto.randomUUID();
    const { accountId, subsystemCode, subsystemAccountId } = subject;
    await insertImpersonation(trx, {
      ...{ id, operatorAccountId: actor.accountId, accountId, subsystemAccountId, subsystemCode },
      ...{ clientId: place.clientId, reason: asked.reason, ticket: asked.ticket, minutes: asked.minutes },
      at: deps.clock(),
    });
    await recordConsoleDeed(trx, actor, {
      ...{ ...deed, accountId, subsystemAccountId, clientId: place.clientId },
      target: { kind: 'impersonation', id },
      details: { ticket: asked.ticket, minutes: asked.minutes },
    });
    return { sent: true, id };
  });
}

/** Whoever asked takes it back before it is begun. @returns false when there is nothing of theirs to take back */
export async function withdrawImpersonation(
  { db, clock }: ImpersonationDeps,
  actor: ConsoleActor,
  id: string,
  from: Caller,
): Promise<boolean> {
  return transact(db, async (trx) => {
    const found = await lockImpersonation(trx, { id });
    const now = clock();
    if (found?.operatorAccountId !== actor.accountId) return false;
    if (!['requested', 'approved'].includes(stateOf(found, now))) return false;
    await setOver(trx, id, { status: 'withdrawn', at: now, by: actor.accountId });
    const { accountId, subsystemAccountId, clientId } = found;
    await recordConsoleDeed(trx, actor, {
      ...{ type: 'impersonation.withdrawn', target: { kind: 'impersonation', id }, from },
      ...{ accountId, subsystemAccountId, clientId },
    });
    return true;
  });
}
