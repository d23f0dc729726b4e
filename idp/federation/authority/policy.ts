import { DAY, after } from '#kit/clock.ts';

/** When a key of an authority does what; the state follows from these. */
export interface KeyTimes {
  kid: string;
  publishFrom: Date;
  signFrom: Date;
  signUntil: Date | undefined;
  publishUntil: Date | undefined;
}

/** As long as any statement that a key signed may be good. */
const KEEP_PUBLISHED_MS = 8 * DAY;

export type AuthorityKeyState = 'announced' | 'active' | 'retiring' | 'retired';

export function keyState(key: KeyTimes, now: Date): AuthorityKeyState {
  if (key.publishUntil && key.publishUntil <= now) return 'retired';
  if (key.signFrom > now) return 'announced';
  return key.signUntil && key.signUntil <= now ? 'retiring' : 'active';
}

/** The one that signs: the youngest of the active; undefined when there is none. */
export function signingKey<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  const active = keys.filter((key) => keyState(key, now) === 'active');
  return active.toSorted((a, b) => b.signFrom.getTime() - a.signFrom.getTime())[0];
}

/** Those that stay or come into the key set. */
export function publishedKeys<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key[] {
  return keys.filter((key) => keyState(key, now) !== 'retired');
}

export type KeyPlan<Key> =
  { allowed: true; keys: Key[] } | { allowed: false; reason: 'announced' | 'unknown_key' };

/** A successor, announced so long before it signs; the key before it stays published while anything it signed is good. */
export function planRotation<Key extends KeyTimes>(
  keys: readonly Key[],
  next: Key,
  announceMs: number,
  now: Date,
): KeyPlan<Key> {
  if (keys.some((key) => keyState(key, now) === 'announced')) return { allowed: false, reason: 'announced' };
  const signFrom = after(now, announceMs);
  const closed = keys.map((key) =>
    keyState(key, now) === 'active'
      ? { ...key, signUntil: signFrom, publishUntil: after(signFrom, KEEP_PUBLISHED_MS) }
      : key,
  );
  return { allowed: true, keys: [...closed, { ...next, publishFrom: now, signFrom }] };
}

/** A key that may have leaked is gone at once; when nothing else signs, a new one does. */
export function planRevocation<Key extends KeyTimes>(
  keys: readonly Key[],
  kid: string,
  next: Key,
  now: Date,
): KeyPlan<Key> {
  if (!publishedKeys(keys, now).some((key) => key.kid === kid))
    return { allowed: false, reason: 'unknown_key' };
  const closed = keys.map((key) => (key.kid === kid ? { ...key, signUntil: now, publishUntil: now } : key));
  const signs = signingKey(closed, now);
  return { allowed: true, keys: signs ? closed : [...closed, { ...next, publishFrom: now, signFrom: now }] };
}
