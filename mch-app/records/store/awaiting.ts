import { type RawBuilder, sql } from 'kysely';

/**
 * That the record `r` was handed in and has no record of `kind` below it that was; the area's schema says by
 * `begin_awaiting` that its kind waits for that one. The few that wait are kept in a list, however many there are.
 */
export const stillAwaits = (kind: string): RawBuilder<unknown> =>
  sql`r.id in (select waiting.record_id from record_awaiting waiting where waiting.awaits = ${sql.lit(kind)})`;
