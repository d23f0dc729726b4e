import type { Db } from '#db/idp/tables.ts';
import { ageLimit, forgetAged } from '#db/retention.ts';
import type { Clock } from '#kit/clock.ts';
import type { RetentionDays } from './settings.ts';
import { TABLES } from './declaration.ts';

/** Parts before what they are part of. */
const RULES = Object.entries(TABLES)
  .flatMap(([table, kept]) => (kept.kind === 'aged' ? kept.rules.map((rule) => [table, rule] as const) : []))
  .sort(([, a], [, b]) => Number(b.through !== undefined) - Number(a.through !== undefined));

/** A backlog is worked off over several runs rather than in one long one. */
const MOST_MS = 60_000;

/**
 * Deletes what has come of age. Several replicas may do so at once: each takes the rows nobody holds.
 * @returns how many rows of each table went
 */
export async function forgetOld(deps: {
  db: Db;
  clock: Clock;
  retention: RetentionDays;
}): Promise<Record<string, number>> {
  const { db, clock, retention } = deps;
  const deadline = performance.now() + MOST_MS;
  const gone: Record<string, number> = {};
  for (const [table, rule] of RULES) {
    const rows = await forgetAged(db, table, rule, ageLimit(rule, retention, clock()), deadline);
    if (rows > 0) gone[table] = (gone[table] ?? 0) + rows;
  }
  return gone;
}
