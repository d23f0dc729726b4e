import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { disableAccountWithin } from '../../accounts/index.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { endEverywhere } from '../../sessions/index.ts';
import { changeStatus } from '../../subsystem-accounts/index.ts';
import type { Deed, UpkeepDeps } from '../deps.ts';
import { closureRefusal, livingAccounts, reopeningRefusal } from '../policy.ts';
import {
  countUse,
  listActiveAccounts,
  listLivingSubsystemAccounts,
  lockUnits,
  updateStatus,
} from '../store/unit.ts';
import type { Outcome, UnitAccount } from '../types.ts';

/** What the page said would happen: if it is no longer so, it is shown again. */
export interface Expected {
  accounts: number;
  subsystemAccounts: number;
}

const EVERYBODY = 100_000;

/**
 * Closes a unit and disables the accounts of its people, their subsystem accounts there included: sessions and grants
 * end, the people are told by mail. All of it or nothing.
 */
export async function closeUnit(
  { db, keyring }: UpkeepDeps,
  deed: Deed,
  code: string,
  expected: Expected,
): Promise<Outcome> {
  if (deed.reason === '') return { done: false, reason: 'reason_missing' };
  return transact(db, async (trx): Promise<Outcome> => {
    const unit = (await lockUnits(trx, [code])).get(code);
    if (!unit) return { done: false, reason: 'not_found' };
    const use = await countUse(trx, code);
    const refusal = closureRefusal(unit, use, deed.actor);
    if (refusal) return { done: false, reason: refusal };
    if (use.activeAccounts !== expected.accounts || livingAccounts(use) !== expected.subsystemAccounts) {
      return { done: false, reason: 'use_changed' };
    }
    for (const { id } of await listLivingSubsystemAccounts(trx, code)) {
      await changeStatus(trx, id, {
        ...{ deed: 'disable', reason: deed.reason, actorAccountId: deed.actor.accountId },
      });
    }
    const people = await listActiveAccounts(trx, code, EVERYBODY);
    for (const person of people) await takeLeave(trx, keyring, deed, person);
    await updateStatus(trx, code, 'closed');
    await recordConsoleDeed(trx, deed.actor, {
      type: 'unit.closed',
      target: { kind: 'unit', id: code },
      unitCode: code,
      changes: { status: ['active', 'closed'] },
      reason: deed.reason,
      details: { ...expected },
      from: deed.from,
    });
    return { done: true };
  });
}

async function takeLeave(
  trx: Trx,
  keyring: UpkeepDeps['keyring'],
  { reason, from }: Deed,
  { id: accountId, loginName, email, name }: UnitAccount,
): Promise<void> {
  await disableAccountWithin(trx, loginName, reason, async () =>
    endEverywhere(trx, accountId, 'account_disabled'),
  );
  await queueMail(trx, keyring, {
    kind: 'N11',
    to: { accountId, address: email, name },
    params: { loginName, reason },
    dedupeKey: `N11:${accountId}:unit:${from.requestId}`,
  });
}

/** Opens a closed unit again; the accounts of its people stay as they are. */
export async function reopenUnit({ db }: UpkeepDeps, deed: Deed, code: string): Promise<Outcome> {
  if (deed.reason === '') return { done: false, reason: 'reason_missing' };
  return transact(db, async (trx): Promise<Outcome> => {
    const unit = (await lockUnits(trx, [code])).get(code);
    if (!unit) return { done: false, reason: 'not_found' };
    const refusal = reopeningRefusal(unit);
    if (refusal) return { done: false, reason: refusal };
    await updateStatus(trx, code, 'active');
    await recordConsoleDeed(trx, deed.actor, {
      type: 'unit.reopened',
      target: { kind: 'unit', id: code },
      unitCode: code,
      changes: { status: ['closed', 'active'] },
      reason: deed.reason,
      from: deed.from,
    });
    return { done: true };
  });
}
