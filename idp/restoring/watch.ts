import type { Db } from '#db/idp/tables.ts';
import { ConfigurationError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { findChange, findUnfinished } from './policy.ts';
import { readRestoreFacts } from './store.ts';
import type { Remembered, RestoreFacts } from './types.ts';

export interface RestoreWatch {
  /** What was issued before counts for nothing; undefined when the database was never restored. */
  issuedAfter: Date | undefined;
  /** Looks again. @throws RestoredError when this process must not go on */
  refresh(): Promise<void>;
}

/** The database is not the one this process began with. */
export class RestoredError extends Error {}

/**
 * Refuses a database whose restore was not finished, and watches it from then on.
 * @throws ConfigurationError in one sentence that says what to do
 */
export async function watchRestores(db: Db, log: Log): Promise<RestoreWatch> {
  const first = await readRestoreFacts(db);
  if (findUnfinished(first) !== undefined) {
    throw new ConfigurationError(
      `The database was restored${first.target === '' ? '' : ` to ${first.target}`} and the restore is not finished: ` +
        'run `idp restore finish --reason TEXT`, then start again.',
    );
  }
  let before = remember(first, undefined);
  return {
    issuedAfter: first.issuedAfter,
    async refresh() {
      const facts = await readRestoreFacts(db);
      const change = findChange(facts, before);
      if (findUnfinished(facts) !== undefined || change === 'another_epoch') {
        throw new RestoredError(
          'the database was restored: this process ends, so that nothing of before lives on',
        );
      }
      if (change !== undefined) {
        const { timeline, logPosition } = facts;
        log.error(
          { change, timeline, logPosition, was: before },
          change === 'gone_back'
            ? 'the log of the database has gone back: a standby that lacked its end took over, or an older copy was restored; if it was restored, run `idp restore finish`'
            : 'this is another database server than before; if the database was restored into it, run `idp restore finish`',
        );
      }
      before = remember(facts, before);
    },
  };
}

function remember(facts: RestoreFacts, before: Remembered | undefined): Remembered {
  const { epoch, timeline, systemIdentifier } = facts;
  return { epoch, timeline, systemIdentifier, logPosition: facts.logPosition ?? before?.logPosition ?? 0 };
}
