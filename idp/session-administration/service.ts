import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, type ConsoleActor, recordConsoleDeed } from '../audit/index.ts';
import type { Reach } from '../permissions/index.ts';
import { endSessions, lockOtherSessions } from '../sessions/index.ts';
import { endGrants, findPersonWithin, lockSessionsWithin } from './store.ts';

export interface ByAdministrator {
  actor: ConsoleActor;
  from: Caller;
  reason: string;
}

const CAUSE = 'administrator';

/**
 * Ends these sessions with their grants and tokens; every client they were used at is told.
 * @returns how many, leaving out what ended meanwhile
 * @throws Fault not_found when none of them is within reach
 */
export async function endChosenSessions(
  db: Db,
  uids: string[],
  reach: Reach,
  { actor, from, reason }: ByAdministrator,
): Promise<number> {
  return transact(db, async (trx) => {
    const mine = await lockSessionsWithin(trx, uids, reach);
    if (mine.length === 0) throw new Fault('not_found');
    const ended = await endSessions(
      trx,
      mine.map(({ uid }) => uid),
      CAUSE,
    );
    for (const { uid, accountId, unitCode } of mine) {
      const target = { kind: 'session', id: uid };
      const deed = { type: 'session.ended', target, accountId, unitCode, reason, from } as const;
      await recordConsoleDeed(trx, actor, { ...deed, details: { cause: CAUSE } });
    }
    return ended;
  });
}

/**
 * Signs a person out everywhere: all sessions, and what was granted without a browser.
 * @throws Fault not_found when the person is not within reach
 */
export async function endSessionsOfPerson(
  db: Db,
  accountId: string,
  reach: Reach,
  { actor, from, reason }: ByAdministrator,
): Promise<number> {
  const person = await findPersonWithin(db, accountId, reach);
  if (!person) throw new Fault('not_found');
  return transact(db, async (trx) => {
    const sessions = await endSessions(trx, await lockOtherSessions(trx, accountId, undefined), CAUSE);
    const browserless = await endGrants(trx, { accountId }, CAUSE);
    await recordConsoleDeed(trx, actor, {
      type: 'session.ended',
      target: { kind: 'account', id: accountId },
      ...{ accountId, unitCode: person.unitCode, reason, from },
      details: { cause: CAUSE, sessions, browserless },
    });
    return sessions;
  });
}

/** Ends everything granted to a client; people stay signed in at the single entry. @returns how many grants */
export async function endGrantsOfClient(
  db: Db,
  clientId: string,
  { actor, from, reason }: ByAdministrator,
): Promise<number> {
  return transact(db, async (trx) => {
    const grants = await endGrants(trx, { clientId }, CAUSE);
    const target = { kind: 'client', id: clientId };
    const details = { cause: CAUSE, grants };
    await recordConsoleDeed(trx, actor, { type: 'grant.ended', target, clientId, reason, from, details });
    return grants;
  });
}
