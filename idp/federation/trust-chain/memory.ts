import type { TrustFault } from './fault.ts';

const MOST_KEPT = 1000;

/** An answer, or why there is none, and until when either counts. */
export type Outcome<T> = { until: Date; value: T } | { until: Date; fault: TrustFault };

export type Memory<T> = ReturnType<typeof createMemory<T>>;

/** Outcomes by question, and the questions under way; the oldest make room. */
export function createMemory<T>() {
  const kept = new Map<string, Outcome<T>>();
  const underWay = new Map<string, Promise<T>>();
  return {
    underWay,
    find: (key: string, now: Date): Outcome<T> | undefined => {
      const known = kept.get(key);
      return known && known.until > now ? known : undefined;
    },
    keep(key: string, outcome: Outcome<T>): void {
      kept.delete(key);
      kept.set(key, outcome);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    },
  };
}
