import type { Remembered, RestoreFacts } from './types.ts';

/** Why nobody may serve this database. */
export type Unfinished = 'begun' | 'target';

/** Whether a restore of it was not finished. */
export function findUnfinished({ begunAt, target, finishedTarget }: RestoreFacts): Unfinished | undefined {
  if (begunAt !== undefined) return 'begun';
  return target !== '' && target !== finishedTarget ? 'target' : undefined;
}

/** What a replica that runs notices about the database it works on. */
export type Change = 'another_epoch' | 'gone_back' | 'another_system';

/**
 * What changed since the last look. A new timeline alone is a failover; a log that is shorter than it was is a standby
 * that lacked the end of it, or an older copy: only a person can tell which.
 */
export function findChange(facts: RestoreFacts, before: Remembered | undefined): Change | undefined {
  if (!before) return undefined;
  if (facts.epoch !== before.epoch) return 'another_epoch';
  if (facts.systemIdentifier !== before.systemIdentifier) return 'another_system';
  return facts.logPosition !== undefined && facts.logPosition < before.logPosition ? 'gone_back' : undefined;
}
