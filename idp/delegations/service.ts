import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../audit/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { type Period, delegationRefusal } from './policy.ts';
import { endDelegation, findParty, insertDelegation, lockDelegation, lockOpenDelegations } from './store.ts';
import type { DelegationRefusal } from './types.ts';
import { tellBoth } from './words.ts';

export interface DelegationDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  registry: ClientRegistry;
  config: { issuer: string };
}

/** Names a deputy; both are told. @returns why not, or undefined when it is done */
export async function nameDeputy(
  deps: DelegationDeps,
  actor: ConsoleActor,
  asked: { deputyLoginName: string; period: Period | undefined; reason: string },
  from: Caller,
): Promise<DelegationRefusal | undefined> {
  const now = deps.clock();
  return transact(deps.db, async (trx) => {
    const open = await lockOpenDelegations(trx, actor.accountId, now);
    const delegator = await findParty(trx, { accountId: actor.accountId }, now);
    const deputy = await findParty(trx, { loginName: asked.deputyLoginName.trim().toLowerCase() }, now);
    const refusal = delegationRefusal(delegator, deputy, asked.period, open, now);
    if (refusal !== undefined || !delegator || !deputy || !asked.period) return refusal ?? 'period_missing';
    const id = crypto.randomUUID();
    const people = { delegatorAccountId: delegator.accountId, deputyAccountId: deputy.accountId };
    await insertDelegation(trx, { id, ...people, ...asked.period, reason: asked.reason, at: now });
    await recordConsoleDeed(trx, actor, {
      type: 'delegation.given',
      target: { kind: 'delegation', id },
      accountId: deputy.accountId,
      reason: asked.reason,
      details: { from: asked.period.from.toISOString(), until: asked.period.until.toISOString() },
      from,
    });
    await tellBoth(trx, deps, { id, outcome: 'given', delegator, deputy, period: asked.period });
    return undefined;
  });
}

/** F9: ends one's delegation at once. @returns false when there is none of the person's to end */
export async function revokeDelegation(
  deps: DelegationDeps,
  actor: ConsoleActor,
  id: string,
  from: Caller,
): Promise<boolean> {
  const now = deps.clock();
  return transact(deps.db, async (trx) => {
    const delegation = await lockDelegation(trx, id, actor.accountId);
    if (!delegation || delegation.revokedAt !== null || delegation.until <= now) return false;
    await endDelegation(trx, id, { accountId: actor.accountId, at: now });
    await recordConsoleDeed(trx, actor, {
      type: 'delegation.revoked',
      target: { kind: 'delegation', id },
      accountId: delegation.deputyAccountId,
      from,
    });
    const [delegator, deputy] = [
      await findParty(trx, { accountId: delegation.delegatorAccountId }, now),
      await findParty(trx, { accountId: delegation.deputyAccountId }, now),
    ];
    if (delegator && deputy) {
      await tellBoth(trx, deps, { id, outcome: 'revoked', delegator, deputy, period: delegation });
    }
    return true;
  });
}
