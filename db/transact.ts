import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { isConflict } from './failures.ts';

const MAX_RETRIES = 3;
const PAUSE_MS = 20;

/**
 * Runs `deed` in one transaction, and again up to three times when it and another were in each other's way
 * (deadlock, serialization failure): then it was undone whole. `deed` may therefore change nothing outside the
 * transaction. A connection lost at the commit is not tried again: nobody can tell whether the deed was done.
 */
export async function transact<Tables, Result>(
  db: Kysely<Tables>,
  deed: (trx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  return retryConflicts(() => db.transaction().execute(deed));
}

/** Runs what is undone whole when it meets a conflict, up to four times in all. */
export async function retryConflicts<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isConflict(error) || retries === MAX_RETRIES) throw error;
      await sleep(PAUSE_MS * 2 ** retries * (0.5 + Math.random()));
    }
  }
}
