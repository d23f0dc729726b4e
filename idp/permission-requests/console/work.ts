import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { beganBefore, loadCalendar } from '../../working-days/index.ts';
import { countWaiting } from '../store.ts';
import { PERMISSION_REQUESTS } from '../words.ts';

const DECISION_DAYS = 3;

/** What waits for the agency, for the console's home. */
export function permissionWork({ db, clock }: { db: Db; clock: Clock }) {
  return {
    key: 'console-permission.title',
    url: PERMISSION_REQUESTS,
    deed: 'permission_requests.decide' as const,
    async count(): Promise<{ count: number; overdue: number }> {
      const now = clock();
      return countWaiting(db, beganBefore(now, DECISION_DAYS, await loadCalendar(db, now)));
    },
  };
}
