import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { endConsent } from './store.ts';

/**
 * Takes back what a person allowed a third-party client. It must ask again before it gets anything.
 * @throws Fault not_found when it holds nothing of theirs (any more)
 */
export async function withdrawConsent(
  db: Db,
  accountId: string,
  clientId: string,
  caller: Caller,
): Promise<void> {
  await transact(db, async (trx) => {
    const grantsEnded = await endConsent(trx, accountId, clientId);
    if (grantsEnded === 0) throw new Fault('not_found');
    const details = { grantsEnded };
    await recordAudit(trx, { type: 'consent.withdrawn', accountId, clientId, caller, details });
  });
}
