import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import { type ConsoleCaller, reachOf } from '../../permissions/index.ts';
import { beganBefore, loadCalendar } from '../../working-days/index.ts';
import { countWaiting } from '../store/reviewable.ts';
import { ENROLLMENTS } from './list.ts';
import { PAPER_DAYS } from './words.ts';

/** What waits for the caller, for the console's home. */
export function enrollmentWork({ db, clock }: { db: Db; clock: Clock }) {
  return {
    key: 'console-enrollments.title',
    url: ENROLLMENTS,
    deed: 'enrollments.review' as const,
    async count(caller: ConsoleCaller): Promise<{ count: number; overdue: number }> {
      const reach = reachOf(caller, 'enrollments.review');
      if (!reach) return { count: 0, overdue: 0 };
      const now = clock();
      return countWaiting(db, reach, beganBefore(now, PAPER_DAYS, await loadCalendar(db, now)));
    },
  };
}
