import type { Db } from '#db/mch/tables.ts';
import { forgetAged } from '#db/retention.ts';
import type { Clock } from '#kit/clock.ts';
import { AUDIT } from './declaration.ts';

const MOST_MS = 60_000;

/** Deletes audit records past their months. @returns how many went */
export function forgetOld(db: Db, clock: Clock, months: number): Promise<number> {
  const before = clock();
  before.setUTCMonth(before.getUTCMonth() - months);
  return forgetAged(db, 'audit_event', AUDIT, before, performance.now() + MOST_MS);
}
