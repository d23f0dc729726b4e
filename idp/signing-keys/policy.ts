import type {
  KeySchedule,
  KeySnapshot,
  RotationPlan,
  SigningAlgorithm,
  SigningKey,
  SigningKeyState,
  SigningKeyTimes,
} from './types.ts';

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

/** The ES256 key a client learns last: the announced successor, else the one that signs; '' when there is none. */
export function newestKid({ keys, stamp }: KeySnapshot): string {
  const own = keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
  const announced = own.find((kid) => stamp.split(' ').includes(`${kid}:announced`));
  return announced ?? own[0] ?? '';
}

/** The next instant at which any key changes its state; undefined when none is in sight. */
export function nextChange(keys: SigningKeyTimes[], now: Date): Date | undefined {
  const instants = keys
    .flatMap((key) => [key.publishFrom, key.signFrom, key.signUntil, key.publishUntil])
    .filter((at): at is Date => at !== undefined && at > now);
  return instants.sort((a, b) => a.getTime() - b.getTime())[0];
}

/**
 * What is due at `now`: for each algorithm whose key nears its end, a successor, announced long enough before it
 * signs. With `ask` a successor is made whether due or not; while one is announced already there is nothing to
 * do. An algorithm without any key that signs gets one that signs at once.
 */
export function planRotation(
  keys: SigningKey[],
  algorithms: readonly SigningAlgorithm[],
  schedule: KeySchedule,
  now: Date,
  ask: boolean,
): RotationPlan {
  const plan: RotationPlan = { create: [], close: [] };
  const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
  for (const alg of algorithms) {
    const own = keys.filter((key) => key.alg === alg);
    const active = own.find((key) => stateOf(key, now) === 'active');
    if (!active) {
      plan.create.push({ alg, publishFrom: now, signFrom: now });
      continue;
    }
    const isDue = later(active.signFrom, schedule.rotateAfterMs - schedule.announceMs) <= now;
    const hasSuccessor = own.some((key) => stateOf(key, now) === 'announced');
    if (hasSuccessor || !(isDue || ask)) continue;
    const signFrom = later(now, schedule.announceMs);
    plan.create.push({ alg, publishFrom: now, signFrom });
    plan.close.push({
      kid: active.kid,
      signUntil: signFrom,
      publishUntil: later(signFrom, schedule.keepPublishedMs),
    });
  }
  return plan;
}
