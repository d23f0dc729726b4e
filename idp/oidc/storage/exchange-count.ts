import { randomInt } from 'node:crypto';
import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

/** Rows a client's count of one minute is spread over: this many exchanges at once wait for nobody. */
const SHARDS = 8;

/**
 * Counts one exchange as the last part of the statement: the row is locked only for the commit, and whoever waits
 * for it is waited for by nobody.
 */
export function countExchange(
  statement: Statement,
  { clientId, minute }: NonNullable<Writes['exchange']>,
): void {
  const v = (value: unknown): string => statement.value(value);
  statement.part(
    'exchange_counted',
    `insert into exchange_count as c (client_id, minute, shard, exchanges, expires_at)
     select ${v(clientId)}, ${v(minute)}::int, ${v(randomInt(SHARDS))}::smallint, 1, now() + interval '2 minutes'
     on conflict (client_id, minute, shard) do update set exchanges = c.exchanges + 1`,
  );
}
