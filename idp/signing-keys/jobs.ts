import { MINUTE } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { SigningKeyDeps } from './service.ts';
import { promoteKeys } from './service/promote.ts';
import { rotateKeys } from './service/rotate.ts';
import type { KeySchedule } from './types.ts';

/** Looked at this often while a key is announced, however short that is. */
const LOOKS = 20;

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

/** How often to tend the keys: each minute, oftener when everything is scaled down. */
export function tendingMs({ schedule, pollSeconds }: { schedule: KeySchedule; pollSeconds: number }): number {
  return Math.max(pollSeconds * 1000, Math.min(MINUTE, schedule.announceMs / LOOKS));
}
