import type { Clock } from './clock.ts';

const FAILURES = 3;
const REST_MS = 30_000;
const MOST_KEYS = 10_000;

/** Keeps from asking again and again somebody who does not answer. */
export interface Breaker {
  /**
   * Runs `ask`, unless this key failed three times in a row within the last half minute; after that one may try.
   * @throws Error 'resting' without having asked, or whatever `ask` throws
   */
  through<T>(key: string, ask: () => Promise<T>): Promise<T>;
}

/** One for all who are asked from this process; whom is told by a key. */
export function createBreaker(clock: Clock): Breaker {
  const failing = new Map<string, { failures: number; restsUntil: number }>();
  return {
    async through(key, ask) {
      const now = clock().getTime();
      const state = failing.get(key);
      if (state && state.failures >= FAILURES) {
        if (now < state.restsUntil) throw new Error('resting');
        state.restsUntil = now + REST_MS; // one tries, the others wait for what comes of it
      }
      try {
        const answer = await ask();
        failing.delete(key);
        return answer;
      } catch (error) {
        if (failing.size >= MOST_KEYS) failing.clear();
        const failures = (failing.get(key)?.failures ?? 0) + 1;
        failing.set(key, { failures, restsUntil: clock().getTime() + REST_MS });
        throw error;
      }
    },
  };
}
