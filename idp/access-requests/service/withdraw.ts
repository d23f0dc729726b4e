import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { mayWithdraw } from '../policy.ts';
import { recordEvent } from '../store/history.ts';
import { lockRequest, updateRequest } from '../store/requests.ts';
import type { AccessRequestDeps } from '../types.ts';

/**
 * Takes one's own request back before it is decided.
 * @returns false when it is decided or taken back already. @throws Fault not_found when it is not the person's
 */
export async function withdrawRequest(
  { db, clock }: Pick<AccessRequestDeps, 'db' | 'clock'>,
  { id, accountId }: { id: string; accountId: string },
  caller: Caller,
): Promise<boolean> {
  return transact(db, async (trx) => {
    const request = await lockRequest(trx, id);
    if (request?.accountId !== accountId) throw new Fault('not_found');
    if (!mayWithdraw(request.status)) return false;
    const at = clock();
    await updateRequest(trx, id, { status: 'withdrawn', updated_at: at });
    await recordEvent(trx, request, { at, deed: 'withdrawn', actorAccountId: accountId });
    const details = { request: id, kind: request.kind };
    await recordAudit(trx, { type: 'access_request.withdrawn', accountId, caller, details });
    return true;
  });
}
