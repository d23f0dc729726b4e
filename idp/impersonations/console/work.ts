import type { Db } from '#db/idp/tables.ts';
import { type Clock, DAY, after } from '#kit/clock.ts';
import { countWaiting } from '../store/list.ts';
import { IMPERSONATIONS } from '../words.ts';

/** What waits for a second person, for the console's home. */
export function impersonationWork({ db, clock }: { db: Db; clock: Clock }) {
  return {
    key: 'console-impersonations.title',
    url: `${IMPERSONATIONS}?state=requested`,
    deed: 'impersonations.approve' as const,
    async count(): Promise<{ count: number; overdue: number }> {
      return { count: await countWaiting(db, after(clock(), -DAY)), overdue: 0 };
    },
  };
}
