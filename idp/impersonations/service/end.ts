import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { endSessions } from '../../sessions/index.ts';
import { lockImpersonation, lockRunningOf, setOver } from '../store.ts';
import type { Impersonation, ImpersonationDeps, ImpersonationEnd } from '../types.ts';
import { tellPerson } from '../words.ts';

/** The operator or the approver ends it. @returns false when it does not run, or is neither's */
export async function endImpersonation(
  deps: ImpersonationDeps,
  id: string,
  by: { accountId: string },
  from: Caller,
): Promise<boolean> {
  return transact(deps.db, async (trx) => {
    const found = await lockImpersonation(trx, { id });
    const cause = found && causeBy(found, by.accountId);
    if (found?.status !== 'running' || cause === undefined) return false;
    await endNow(trx, deps, found, cause, { by: by.accountId, from });
    return true;
  });
}

/** The person ends whatever runs on an account of theirs. @returns how many */
export async function endAllOf(deps: ImpersonationDeps, accountId: string, from: Caller): Promise<number> {
  return transact(deps.db, async (trx) => {
    const running = await lockRunningOf(trx, accountId);
    for (const each of running) await endNow(trx, deps, each, 'person', { by: accountId, from });
    return running.length;
  });
}

/** Its session, grants and tokens end, the subsystem hears of it, the person is told, one record is kept. */
export async function endNow(
  trx: Trx,
  deps: ImpersonationDeps,
  found: Impersonation,
  cause: ImpersonationEnd,
  { by, from }: { by?: string; from?: Caller } = {},
): Promise<void> {
  const now = deps.clock();
  await setOver(trx, found.id, { status: 'ended', at: now, by, cause });
  if (found.sessionUid !== null) await endSessions(trx, [found.sessionUid], 'administrator');
  await recordAudit(trx, {
    ...{ type: 'impersonation.ended', accountId: found.accountId, clientId: found.clientId },
    ...{ toSubsystemAccountId: found.subsystemAccountId, actorAccountId: by ?? found.operatorAccountId },
    ...(found.sessionUid !== null && { sessionUid: found.sessionUid }),
    ...(from && { caller: from }),
    details: { cause, target: `impersonation:${found.id}`, operator: found.operatorAccountId },
  });
  await tellPerson(trx, deps, { ...found, endedAt: now }, 'ended');
}

function causeBy(found: Impersonation, accountId: string): ImpersonationEnd | undefined {
  if (accountId === found.operatorAccountId) return 'operator';
  return accountId === found.decidedBy ? 'approver' : undefined;
}
