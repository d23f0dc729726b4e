import type { ConsoleCaller } from '../../permissions/index.ts';
import { beganBefore, loadCalendar } from '../../working-days/index.ts';
import type { AccessRequestDeps } from '../types.ts';
import { REVIEW_PLACE } from '../words.ts';
import { REVIEW_DAYS } from './list.ts';
import { countForCaller } from './standing.ts';

/** What waits for the caller, for the console's home. */
export function accessWork({ db, clock }: Pick<AccessRequestDeps, 'db' | 'clock'>) {
  return {
    key: 'console-access.title',
    url: REVIEW_PLACE,
    deed: 'access_requests.review' as const,
    async count(caller: ConsoleCaller): Promise<{ count: number; overdue: number }> {
      const now = clock();
      return countForCaller(
        { db, clock },
        caller,
        beganBefore(now, REVIEW_DAYS, await loadCalendar(db, now)),
      );
    },
  };
}
