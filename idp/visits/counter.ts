import type { Db } from '#db/idp/tables.ts';
import { type Clock, SECOND } from '#kit/clock.ts';
import { dayOf } from './policy.ts';
import { type VisitTotals, addVisits, readTotals } from './store.ts';

/** One replica's counter: hits are counted in memory and written together. */
export interface VisitCounter {
  /** Counts one visit. Costs nothing. */
  hit(): void;
  /** All visits and today's, those of other replicas as of some seconds ago. */
  totals(): VisitTotals;
  /** Writes what was counted since the last time, in one statement; nothing when there was no visit. */
  flush(): Promise<void>;
}

const READ_EVERY_MS = 5 * SECOND;

export async function createVisitCounter(db: Db, clock: Clock): Promise<VisitCounter> {
  let pending = new Map<string, number>();
  let writing = new Map<string, number>();
  let known = await readKnown(db, clock());

  const put = (day: string, visits: number): void => {
    pending.set(day, (pending.get(day) ?? 0) + visits);
  };

  return {
    hit: () => put(dayOf(clock()), 1),
    totals() {
      const day = dayOf(clock());
      const unwritten = [...pending, ...writing];
      const all = unwritten.reduce((sum, [, visits]) => sum + visits, known.total);
      const ofToday = unwritten.filter(([when]) => when === day);
      return {
        total: all,
        today: ofToday.reduce((sum, [, visits]) => sum + visits, known.day === day ? known.today : 0),
      };
    },
    async flush() {
      const now = clock();
      const isStale = now.getTime() - known.readAt >= READ_EVERY_MS || known.day !== dayOf(now);
      if (pending.size === 0 && !isStale) return;
      writing = pending;
      pending = new Map();
      try {
        if (writing.size > 0) await addVisits(db, writing);
      } catch (error) {
        for (const [day, visits] of writing) put(day, visits);
        writing = new Map();
        throw error;
      }
      known = await readKnown(db, now);
      writing = new Map();
    },
  };
}

async function readKnown(db: Db, now: Date): Promise<VisitTotals & { day: string; readAt: number }> {
  const day = dayOf(now);
  return { day, readAt: now.getTime(), ...(await readTotals(db, day)) };
}
