import { transact } from '#db/transact.ts';
import { recordAudit } from '../../audit/index.ts';
import { stateOf } from '../policy.ts';
import { placeAt } from '../rights.ts';
import { lockImpersonation, setOver } from '../store.ts';
import { listOpen } from '../store/open.ts';
import type { ImpersonationDeps } from '../types.ts';
import { endNow } from './end.ts';

/**
 * Closes what is over: its time has come, its session has gone, somebody in it lost right or account, the subsystem
 * no longer permits it, or nobody answered. Tokens stopped working before: this writes it down and tells the person.
 * @returns how many were closed
 */
export async function closeImpersonations(deps: ImpersonationDeps): Promise<number> {
  let closed = 0;
  for (const { id } of await listOpen(deps.db)) {
    closed += await transact(deps.db, async (trx) => {
      const found = await lockImpersonation(trx, { id });
      const [now] = await listOpen(trx, id);
      if (!found || !now) return 0;
      if (found.status === 'running') {
        const cause = now.cause ?? (placeAt(deps.registry, found.subsystemCode) ? undefined : 'right_lost');
        if (cause === undefined) return 0;
        await endNow(trx, deps, found, cause);
        return 1;
      }
      if (stateOf(found, deps.clock()) !== 'lapsed') return 0;
      await setOver(trx, id, { status: 'lapsed', at: deps.clock() });
      const { operatorAccountId: accountId, subsystemAccountId: toSubsystemAccountId, clientId } = found;
      const about = { accountId, toSubsystemAccountId, clientId };
      const details = { target: `impersonation:${id}` };
      await recordAudit(trx, { type: 'impersonation.lapsed', ...about, details });
      return 1;
    });
  }
  return closed;
}
