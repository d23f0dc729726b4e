import { type RawBuilder, sql } from 'kysely';
import type { Condition } from '../types.ts';

/**
 * That the record `r` waits for a record of `kind`. The area's schema says when: by `begin_awaiting`, that a record of
 * its kind was handed in and has none of that kind below it that was; or by a rule of its own, a view named in
 * `record_waiting_rule`. The few that wait are kept in a list, however many records there are.
 */
export const stillAwaits = (kind: string): RawBuilder<unknown> => sql`r.id in (${waitingFor(kind)})`;

/**
 * The same of a kind of which many wait: asked of each record as the list walks past it. A planner takes waiting and being
 * of a kind for unrelated, expects next to nobody, and would fetch and sort all who wait for the first fifty of them.
 */
export const askedInPassing = (kind: string): RawBuilder<unknown> => sql`(${stillAwaits(kind)}) is true`;

/**
 * The same, each looked up one by one: for lists that are short beside what else a statement would begin with. What a
 * rule lists can be narrowed to some days, of which a planner guesses wrong.
 */
export const eachAwaiting = (
  kind: string,
  days?: { from: string | undefined; to: string },
): RawBuilder<unknown> =>
  sql`r.id = any (array(${waitingFor(kind)} ${days ? sql`and waiting.service_on between ${days.from}::date and ${days.to}::date` : sql``}))`;

const waitingFor = (kind: string): RawBuilder<unknown> =>
  sql`select waiting.record_id from record_awaiting waiting where waiting.awaits = ${sql.lit(kind)}`;

/** A condition of a list that begins with `eachAwaiting`. */
export const short = (condition: Condition): Condition =>
  Object.assign((...of: Parameters<Condition>) => condition(...of), { isShort: true });
