import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { endSessions, lockOwnSession } from '../../sessions/index.ts';
import { type AdministrationRefusal, administrationRefusal } from '../policy.ts';
import type { AccountAdministrationDeps, Doer } from '../types.ts';
import { getReach, getSubject } from './reach.ts';

/**
 * Ends one session of the person's: its grants and tokens end, and its clients are told.
 * @throws Fault not_found when the account is out of reach, or the session is not its or no more
 */
export async function endOneSession(
  deps: Pick<AccountAdministrationDeps, 'db'>,
  { caller, from }: Doer,
  id: string,
  uid: string,
): Promise<AdministrationRefusal | undefined> {
  const reach = getReach(caller, 'sessions.end');
  return transact(deps.db, async (trx) => {
    const subject = await getSubject(trx, reach, id);
    const refusal = administrationRefusal(caller, reach, subject);
    if (refusal) return refusal;
    if (!(await lockOwnSession(trx, id, uid))) throw new Fault('not_found');
    await endSessions(trx, [uid], 'administrator');
    await recordConsoleDeed(trx, caller, {
      type: 'session.ended',
      target: { kind: 'session', id: uid },
      accountId: id,
      unitCode: subject.unitCode,
      details: { cause: 'administrator' },
      from,
    });
    return undefined;
  });
}
