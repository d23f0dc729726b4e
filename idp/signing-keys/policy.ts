import type { SigningKey, SigningKeyState, SigningKeyTimes } from './types.ts';

/**
 * Where a key stands at `now`: announced (published, does not sign yet) → active → retiring (published, signs no
 * more) → retired. A revoked key is retired at once.
 */
export function stateOf(key: SigningKeyTimes, now: Date): SigningKeyState | 'future' {
  if (key.revokedAt && key.revokedAt <= now) return 'retired';
  if (key.publishUntil && key.publishUntil <= now) return 'retired';
  if (key.signUntil && key.signUntil <= now) return 'retiring';
  if (key.signFrom <= now) return 'active';
  return key.publishFrom <= now ? 'announced' : 'future';
}

/**
 * Published keys in the order the library signs by: the active ones first, the newest of them in front; then
 * announced, then retiring.
 */
export function orderForPublication(keys: SigningKey[], now: Date): SigningKey[] {
  const rank = { active: 0, announced: 1, retiring: 2, retired: 3, future: 3 } as const;
  return keys
    .map((key) => ({ key, rank: rank[stateOf(key, now)] }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank || b.key.signFrom.getTime() - a.key.signFrom.getTime())
    .map((entry) => entry.key);
}

/** The next instant at which any key changes its state; undefined when none is in sight. */
export function nextChange(keys: SigningKey[], now: Date): Date | undefined {
  const instants = keys
    .flatMap((key) => [key.publishFrom, key.signFrom, key.signUntil, key.publishUntil])
    .filter((at): at is Date => at !== undefined && at > now);
  return instants.sort((a, b) => a.getTime() - b.getTime())[0];
}
