import type {
  ClientEvidence,
  KeySchedule,
  NewKeyTimes,
  RetirementDecision,
  RevocationPlan,
  RotationPlan,
  SigningAlgorithm,
  SigningKey,
  SigningKeyState,
  SigningKeyTimes,
} from './types.ts';

/** A client that authenticated within this span is active. */
const ACTIVE_MS = 86_400_000;

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

/** Of each algorithm the key a client learns last: the announced successor, else the one that signs. */
export function newestKids(keys: SigningKey[], now: Date): string[] {
  const published = orderForPublication(keys, now);
  const algorithms = [...new Set(published.map(({ alg }) => alg))];
  return algorithms.flatMap((alg) => {
    const own = published.filter((key) => key.alg === alg);
    return (own.find((key) => stateOf(key, now) === 'announced') ?? own[0])?.kid ?? [];
  });
}

/** The next instant at which any key changes its state; undefined when none is in sight. */
export function nextChange(keys: SigningKeyTimes[], now: Date): Date | undefined {
  const instants = keys
    .flatMap((key) => [key.publishFrom, key.signFrom, key.signUntil, key.publishUntil])
    .filter((at): at is Date => at !== undefined && at > now);
  return instants.sort((a, b) => a.getTime() - b.getTime())[0];
}

const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
const latest = (a: Date, b: Date): Date => (a > b ? a : b);

/**
 * What is due at `now`: for each algorithm whose key nears its end, a successor, announced so long before that even
 * its deadline comes in time. With `ask` a successor is made whether due or not; while one is announced already
 * there is nothing to do. An algorithm without any key that signs gets one that signs at once, dated back so that
 * a replica whose clock is behind uses it too.
 */
export function planRotation(
  keys: SigningKey[],
  algorithms: readonly SigningAlgorithm[],
  schedule: KeySchedule,
  now: Date,
  ask: boolean,
): RotationPlan {
  const plan: RotationPlan = { create: [], close: [] };
  for (const alg of algorithms) {
    const active = activeOf(keys, alg, now);
    if (!active) {
      plan.create.push({ alg, ...atOnce(schedule, now) });
      continue;
    }
    const isDue = later(active.signFrom, schedule.rotateAfterMs - schedule.deadlineMs) <= now;
    if (successorOf(keys, alg, now) || !(isDue || ask)) continue;
    const wait = { earliest: later(now, schedule.announceMs), deadline: later(now, schedule.deadlineMs) };
    plan.create.push({ alg, publishFrom: now, signFrom: wait.deadline, wait });
    plan.close.push({ kid: active.kid, ...endAt(wait.deadline, schedule) });
  }
  return plan;
}

/** A key that signs from now on, whoever knows it. */
export function atOnce(schedule: Pick<KeySchedule, 'skewMs'>, now: Date): NewKeyTimes {
  const from = later(now, -schedule.skewMs);
  return { publishFrom: from, signFrom: from };
}

/** The end of a key whose successor begins to sign at `at`. */
export function endAt(at: Date, schedule: KeySchedule): { signUntil: Date; publishUntil: Date } {
  return { signUntil: at, publishUntil: later(at, schedule.keepPublishedMs) };
}

export function activeOf(keys: SigningKey[], alg: SigningAlgorithm, now: Date): SigningKey | undefined {
  return orderForPublication(keys, now).find((key) => key.alg === alg && stateOf(key, now) === 'active');
}

export function successorOf(keys: SigningKey[], alg: SigningAlgorithm, now: Date): SigningKey | undefined {
  return keys.find((key) => key.alg === alg && stateOf(key, now) === 'announced');
}

/** Active clients, those that authenticated within a day, which have not fetched the key. */
export function clientsWaitedFor(clients: ClientEvidence[], now: Date): string[] {
  const since = later(now, -ACTIVE_MS);
  return clients
    .filter(({ seenAt, fetchedAt }) => seenAt !== null && seenAt > since && fetchedAt === null)
    .map(({ clientId }) => clientId);
}

/**
 * When an announced key is to sign from, where that is another moment than now planned: as soon as nobody is waited
 * for, but never before its earliest; at its deadline while somebody is. Nothing moves that is so near that a
 * replica may not read of it in time.
 */
export function planPromotion(
  key: SigningKey,
  waitedFor: string[],
  schedule: KeySchedule,
  now: Date,
): Date | undefined {
  const soonest = later(now, schedule.handoverMs);
  if (!key.wait || key.signFrom < soonest) return undefined;
  const wanted = waitedFor.length === 0 ? latest(key.wait.earliest, soonest) : key.wait.deadline;
  const signFrom = latest(wanted, soonest);
  return signFrom.getTime() === key.signFrom.getTime() ? undefined : signFrom;
}

/** What a revocation does beside taking the key out of use; undefined when it is in no use. */
export function planRevocation(
  keys: SigningKey[],
  kid: string,
  schedule: Pick<KeySchedule, 'skewMs'>,
  now: Date,
): RevocationPlan | undefined {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key || stateOf(key, now) === 'retired') return undefined;
  const { alg } = key;
  const rest = keys.filter((candidate) => candidate !== key);
  const predecessor = predecessorOf(keys, key, now);
  if (predecessor) return { alg, reopen: predecessor.kid };
  if (activeOf(rest, alg, now)) return { alg };
  const successor = successorOf(rest, alg, now);
  // some caches know the successor; nobody knows a key made just now
  if (successor) return { alg, promote: { kid: successor.kid, signFrom: later(now, -schedule.skewMs) } };
  return { alg, create: { alg, ...atOnce(schedule, now) } };
}

/**
 * Whether a key may leave the JWKS before its time: a successor that does not sign yet, always; a retiring key, when
 * nothing it signed can still be shown to anybody; a key that signs, never.
 * @param sessions living ones from the time it signed
 */
export function decideRetirement(
  keys: SigningKey[],
  kid: string,
  sessions: number,
  schedule: KeySchedule,
  now: Date,
): RetirementDecision {
  const key = keys.find((candidate) => candidate.kid === kid);
  const state = key && stateOf(key, now);
  if (!key || state === 'retired' || state === 'future') return { allowed: false, reason: 'unknown_key' };
  if (state === 'active') return { allowed: false, reason: 'signs' };
  if (state === 'announced') {
    const predecessor = predecessorOf(keys, key, now);
    return { allowed: true, ...(predecessor && { reopen: predecessor.kid }) };
  }
  const until = later(key.signUntil ?? now, schedule.tokenMs);
  if (until > now) return { allowed: false, reason: 'tokens_live', until };
  if (sessions > 0) return { allowed: false, reason: 'sessions_live', sessions, until: key.publishUntil };
  return { allowed: true };
}

/** The key that signs until this one begins. */
export function predecessorOf(keys: SigningKey[], key: SigningKey, now: Date): SigningKey | undefined {
  if (stateOf(key, now) !== 'announced') return undefined;
  const active = activeOf(keys, key.alg, now);
  return active?.signUntil ? active : undefined;
}
