import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { lockAccount } from '../accounts/index.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../audit/index.ts';
import { endSessions } from '../sessions/index.ts';
import {
  endPasswordLinks,
  endRemainingGrants,
  insertStop,
  isSamePerson,
  lockSessions,
  markEnabled,
  setStatus,
} from './store.ts';
import type { Ended } from './types.ts';

export interface EmergencyDeps {
  db: Db;
  clock: Clock;
}

export interface ByAdministrator {
  actor: ConsoleActor;
  from: Caller;
  reason: string;
}

/**
 * Stops a person at once: the account is disabled; every session, grant and token ends, those without a browser
 * too; every client is told; no link to choose a password works any more. What ended is kept as a report.
 * @returns the report's id
 * @throws Fault not_found, or forbidden for oneself
 */
export async function stopPerson(
  { db }: EmergencyDeps,
  accountId: string,
  { actor, from, reason }: ByAdministrator,
): Promise<number> {
  if (accountId === actor.accountId) throw new Fault('forbidden');
  return transact(db, async (trx) => {
    const account = await lockAccount(trx, accountId);
    if (!account) throw new Fault('not_found');
    await setStatus(trx, accountId, 'disabled');
    const sessions = await lockSessions(trx, accountId);
    await endSessions(
      trx,
      sessions.map(({ uid }) => uid),
      'account_disabled',
    );
    const browserless = await endRemainingGrants(trx, accountId);
    const links = await endPasswordLinks(trx, accountId);
    const grants = [...sessions.flatMap(({ clients }) => clients), ...browserless];
    const clientsTold = [...new Set(grants.map(({ clientId }) => clientId))].sort();
    const wasDisabled = account.status === 'disabled';
    const ended: Ended = { sessions, browserless, clientsTold, links, wasDisabled };
    const id = await insertStop(trx, { accountId, by: actor.accountId, reason, ended });
    await recordConsoleDeed(trx, actor, {
      type: 'account.stopped',
      target: { kind: 'account', id: accountId },
      accountId,
      unitCode: account.unitCode,
      changes: { status: [account.status, 'disabled'] },
      reason,
      details: { report: id, sessions: sessions.length, browserless: browserless.length, clientsTold, links },
      from,
    });
    return id;
  });
}

/**
 * Lets a stopped person sign in again: a deed of its own, with its own reason. Nothing that ended comes back, and
 * an account that was disabled before it was stopped stays so.
 * @returns the account's status from now on
 * @throws Fault not_found when there is no such stop, or it was undone before; forbidden for oneself, under any account
 */
export async function enablePerson(
  { db, clock }: EmergencyDeps,
  stopId: number,
  { actor, from, reason }: ByAdministrator,
): Promise<'active' | 'disabled'> {
  return transact(db, async (trx) => {
    const by = { accountId: actor.accountId, reason, at: clock() };
    const undone = await markEnabled(trx, stopId, by);
    if (!undone) throw new Fault('not_found');
    const { accountId, wasDisabled } = undone;
    if (await isSamePerson(trx, accountId, actor.accountId)) throw new Fault('forbidden');
    const status = wasDisabled ? 'disabled' : 'active';
    await setStatus(trx, accountId, status);
    await recordConsoleDeed(trx, actor, {
      type: wasDisabled ? 'account.stop_lifted' : 'account.enabled',
      target: { kind: 'account', id: accountId },
      accountId,
      changes: { status: ['disabled', status] },
      reason,
      details: { report: stopId },
      from,
    });
    return status;
  });
}
