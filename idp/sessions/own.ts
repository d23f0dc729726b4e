import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { endEverywhere, endSessions } from './store.ts';
import { lockOwnSession } from './store/own.ts';
import { endUnattended } from './store/unattended.ts';
import type { BrowserSession } from './types.ts';

type Deps = { db: Db };

/** Ends one of the person's sessions on another device. @throws Fault not_found when it is not theirs, or no more */
export async function endOwnSession(
  { db }: Deps,
  { accountId }: BrowserSession,
  uid: string,
  caller: Caller,
): Promise<void> {
  await transact(db, async (trx) => {
    if (!(await lockOwnSession(trx, accountId, uid))) throw new Fault('not_found');
    await endSessions(trx, [uid], 'ended_by_owner');
    const details = { cause: 'ended_by_owner' };
    await recordAudit(trx, { type: 'session.ended', accountId, sessionUid: uid, caller, details });
  });
}

/** Ends what one system may do without a browser. @throws Fault not_found when it is not theirs, or no more */
export async function endOwnGrant(
  { db }: Deps,
  { accountId, uid }: BrowserSession,
  ref: string,
  caller: Caller,
): Promise<void> {
  await transact(db, async (trx) => {
    const clientId = await endUnattended(trx, accountId, ref);
    if (clientId === undefined) throw new Fault('not_found');
    const details = { cause: 'ended_by_owner' };
    await recordAudit(trx, { type: 'grant.ended', accountId, clientId, sessionUid: uid, caller, details });
  });
}

/** Signs the person out everywhere but in this browser. @returns how many sessions ended */
export async function endOtherSessions(
  { db }: Deps,
  { accountId, uid }: BrowserSession,
  caller: Caller,
): Promise<number> {
  return transact(db, async (trx) => {
    const ended = await endEverywhere(trx, accountId, 'ended_by_owner', uid);
    const details = { cause: 'ended_by_owner', count: ended };
    await recordAudit(trx, { type: 'session.ended', accountId, caller, details });
    return ended;
  });
}
