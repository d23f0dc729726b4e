import type { Db } from '#db/mch/tables.ts';
import { ageLimit, forgetAged } from '#db/retention.ts';
import type { Clock } from '#kit/clock.ts';
import { forgetDraftPersons } from '../patients/index.ts';
import { AGED } from './declaration.ts';

const MOST_MS = 60_000;

/** Deletes audit records, and the logs of who looked and who took lists away, past their months, and what is left of drafts. @returns how many went */
export async function forgetOld(db: Db, clock: Clock, months: number): Promise<number> {
  const monthsAgo = clock();
  monthsAgo.setUTCMonth(monthsAgo.getUTCMonth() - months);
  let total = 0;
  for (const [table, rule] of Object.entries(AGED)) {
    const before = 'days' in rule.age ? ageLimit(rule, {}, clock()) : monthsAgo;
    total += await forgetAged(db, table, rule, before, performance.now() + MOST_MS);
  }
  return total + (await forgetDraftPersons(db, clock()));
}
