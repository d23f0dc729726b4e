import { type Kysely, type Transaction, sql } from 'kysely';

/**
 * Runs `sweep` in short transactions until a batch comes back not full, unless another replica is at it: an
 * advisory lock named `name` lets one work at a time.
 * @param sweep clears away at most `batch` rows and says how many it found
 */
export async function sweepAlone<Tables>(
  db: Kysely<Tables>,
  name: string,
  batch: number,
  sweep: (trx: Transaction<Tables>) => Promise<number>,
): Promise<void> {
  for (let found = batch; found >= batch;) {
    found = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ mine: boolean }>`
        select pg_try_advisory_xact_lock(hashtext(${name})) as mine`.execute(trx);
      return rows[0]?.mine ? sweep(trx) : 0;
    });
  }
}
