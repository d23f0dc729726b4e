import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { lockAccount } from '../accounts/index.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../audit/index.ts';
import { endSessions } from '../sessions/index.ts';
import {
  endPasswordLinks,
  endRemainingGrants,
  insertStop,
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
  return db.transaction().execute(async (trx) => {
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
    const ended: Ended = { sessions, browserless, clientsTold, links };
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
 * Lets a stopped person sign in again: a deed of its own, with its own reason. Nothing that ended comes back.
 * @throws Fault not_found when there is no such stop, or it was undone before
 */
export async function enablePerson(
  { db, clock }: EmergencyDeps,
  stopId: number,
  { actor, from, reason }: ByAdministrator,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const by = { accountId: actor.accountId, reason, at: clock() };
    const accountId = await markEnabled(trx, stopId, by);
    if (accountId === undefined || accountId === actor.accountId) throw new Fault('not_found');
    await setStatus(trx, accountId, 'active');
    await recordConsoleDeed(trx, actor, {
      type: 'account.enabled',
      target: { kind: 'account', id: accountId },
      accountId,
      changes: { status: ['disabled', 'active'] },
      reason,
      details: { report: stopId },
      from,
    });
  });
}
