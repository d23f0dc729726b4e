import { sweepAlone } from '#db/sweep.ts';
import { beganBefore, loadCalendar } from '../../working-days/index.ts';
import { findRequest, listDeciders, lockUnreminded } from '../store.ts';
import type { PermissionRequestDeps } from '../types.ts';
import { tellDeciders } from '../words.ts';

const BATCH = 50;

/** Requests that wait for the agency too long: its administrators are reminded once. */
export async function remindOfPermissionRequests(
  deps: PermissionRequestDeps,
  afterDays: number,
): Promise<void> {
  const { db, clock } = deps;
  const now = clock();
  const since = beganBefore(now, afterDays, await loadCalendar(db, now));
  await sweepAlone(db, 'permission-reminders', BATCH, async (trx) => {
    const ids = await lockUnreminded(trx, since, now, BATCH);
    for (const id of ids) {
      const request = await findRequest(trx, id);
      if (request) await tellDeciders(trx, deps, request, await listDeciders(trx, now), 'reminded');
    }
    return ids.length;
  });
}
