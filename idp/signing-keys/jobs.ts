import { MINUTE } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { watchKeys } from './alarms/watch.ts';
import type { SigningKeyDeps } from './service.ts';
import { promoteKeys } from './service/promote.ts';
import { rotateKeys } from './service/rotate.ts';
import { forgetReplica, saveReplica } from './store/alarms.ts';
import type { KeySchedule } from './types.ts';

/** Looked at this often while a key is announced, however short that is. */
const LOOKS = 20;
/** A replica tells of itself this often. */
const TELL_MS = 10_000;

interface TendingDeps extends SigningKeyDeps {
  log: Log;
  config: { keys: { schedule: KeySchedule } };
}

/** Makes successors that are due and lets announced keys begin to sign, as the evidence allows. */
export async function tendKeys(deps: TendingDeps): Promise<void> {
  const { schedule } = deps.config.keys;
  await rotateKeys(deps, schedule, { ask: false, reason: 'schedule' });
  for (const { kid, alg, without } of await promoteKeys(deps, schedule)) {
    if (without.length === 0) deps.log.info({ kid, alg }, 'a key began to sign');
    else deps.log.error({ kid, alg, without }, 'a key began to sign at its deadline, not fetched by all');
  }
}

/** Raises what is overdue or amiss, in the log as well. */
export async function alarmKeys(deps: TendingDeps & { issuer: string }): Promise<void> {
  for (const { kind, subject, facts } of await watchKeys(deps, deps.config.keys.schedule)) {
    deps.log.error({ kind, subject, ...facts }, 'something is wrong with the signing keys');
  }
}

/**
 * Tells which keys this replica works with, each time it changes and often enough to be seen alive.
 * @param replica its name among the others
 */
export function createKeyReporter(deps: Pick<SigningKeyDeps, 'db' | 'clock'>, replica: string) {
  let told = { stamp: '', at: 0 };
  return {
    async report(stamp: string): Promise<void> {
      const seenAt = deps.clock();
      const age = Math.abs(seenAt.getTime() - told.at);
      if (told.stamp === stamp && age < TELL_MS) return;
      await saveReplica(deps.db, { replica, stamp, seenAt });
      told = { stamp, at: seenAt.getTime() };
    },
    stop: () => forgetReplica(deps.db, replica),
  };
}

/** How often to tend the keys: each minute, oftener when everything is scaled down. */
export function tendingMs({ schedule, pollSeconds }: { schedule: KeySchedule; pollSeconds: number }): number {
  return Math.max(pollSeconds * 1000, Math.min(MINUTE, schedule.announceMs / LOOKS));
}
