import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import {
  type Account,
  accountStanding,
  countOtherHolders,
  disableAccountWithin,
  lockHolders,
} from '../../accounts/index.ts';
import { recordAudit } from '../../audit/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { endEverywhere } from '../../sessions/index.ts';
import { changeStatus } from '../../subsystem-accounts/index.ts';
import { type ResignationRefusal, decideResignation } from '../policy.ts';
import {
  databaseTime,
  findByLoginName,
  listLiving,
  lockPeople,
  promote,
  removeBindings,
} from '../store/people.ts';
import type { LifeDeps } from '../types.ts';
import { leaveMessage } from '../words.ts';

export interface Resignation {
  loginName: string;
  reason: string;
  /** Login name of whoever takes over the unit. */
  successor?: string;
  /** Whoever decided it at the console; else an operator at the machine. */
  actorAccountId?: string;
  /** Throws when something else does not hold; asked in the deed's transaction. */
  guard?: (trx: Trx, leaver: Account) => Promise<void>;
}

export type ResignationOutcome = { resigned: true } | { resigned: false; reason: ResignationRefusal };

/**
 * SM-12: a person leaves. The account is disabled, all sessions end with what was granted in them, the subsystem
 * accounts are disabled and their bindings go, the person is told by mail; the audit trail stays. All of it or
 * nothing: refusals change nothing.
 */
export async function resign(deps: LifeDeps, resignation: Resignation): Promise<ResignationOutcome> {
  return transact(deps.db, (trx) => resignWithin(trx, deps, resignation));
}

/** `resign` within a transaction of the caller's. */
export async function resignWithin(
  trx: Trx,
  deps: LifeDeps,
  resignation: Resignation,
): Promise<ResignationOutcome> {
  const { loginName, successor: successorName } = resignation;
  const before = await findByLoginName(trx, loginName);
  if (!before) return { resigned: false, reason: 'unknown_account' };
  // one resignation a unit at a time: of two last managers only the first may leave without a successor
  await lockHolders(trx, before);
  const people = await lockPeople(trx, [loginName, ...(successorName === undefined ? [] : [successorName])]);
  const named = (name: string) => people.find((person) => person.loginName === name.toLowerCase());
  const leaver = named(loginName);
  if (leaver && (leaver.unitCode !== before.unitCode || leaver.role !== before.role)) {
    throw new Fault('conflict');
  }
  if (leaver) await resignation.guard?.(trx, leaver);
  const now = await databaseTime(trx);
  const found = successorName === undefined ? undefined : (named(successorName) ?? null);
  const successor = found && { ...found, standing: accountStanding(found, now) };
  const decision = decideResignation(leaver, await countOtherHolders(trx, before), successor);
  if (!decision.allowed) return { resigned: false, reason: decision.reason };
  if (decision.promotes && found)
    await handOver(trx, deps, { leaver: before, successor: found, resignation, now });
  await leave(trx, deps, before, resignation, now);
  return { resigned: true };
}

interface HandOver {
  leaver: Account;
  successor: Account;
  resignation: Resignation;
  now: Date;
}

async function handOver(
  trx: Trx,
  deps: LifeDeps,
  { leaver, successor, resignation, now }: HandOver,
): Promise<void> {
  await promote(trx, successor.id);
  await recordAudit(trx, {
    type: 'account.role_changed',
    accountId: successor.id,
    ...actorOf(resignation),
    details: { from: successor.role, role: 'unit_manager', reason: 'successor' },
  });
  await leaveMessage(trx, deps, successor.id, {
    key: 'successor',
    dedupeKey: `successor:${leaver.id}:${now.toISOString()}`,
    params: () => ({ name: leaver.name }),
  });
}

function actorOf({ actorAccountId }: Resignation) {
  return actorAccountId === undefined ? {} : { actorAccountId };
}

async function leave(
  trx: Trx,
  deps: LifeDeps,
  leaver: Account,
  resignation: Resignation,
  now: Date,
): Promise<void> {
  const { id: accountId, loginName } = leaver;
  const { reason } = resignation;
  await disableAccountWithin(trx, loginName, reason, async () =>
    endEverywhere(trx, accountId, 'account_disabled'),
  );
  const subsystemAccounts = await listLiving(trx, accountId);
  for (const id of subsystemAccounts) {
    await changeStatus(trx, id, { deed: 'disable', reason: 'resigned', ...actorOf(resignation) });
  }
  const bindings = await removeBindings(trx, accountId);
  await recordAudit(trx, {
    type: 'account.resigned',
    accountId,
    ...actorOf(resignation),
    details: { reason, subsystemAccounts, bindings },
  });
  await queueMail(trx, deps.keyring, {
    kind: 'N11',
    to: { accountId, address: leaver.email, name: leaver.name },
    params: { loginName, reason },
    dedupeKey: `N11:${accountId}:${now.toISOString()}`,
  });
}
