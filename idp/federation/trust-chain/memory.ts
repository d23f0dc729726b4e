import type { TrustFault } from './fault.ts';

const MOST_KEPT = 1000;
/** Of all answers together, in characters. */
const MOST_CHARACTERS = 8_000_000;

/** An answer, or why there is none, and until when either counts. */
export type Outcome<T> = { until: Date; value: T } | { until: Date; fault: TrustFault };

export type Memory<T> = ReturnType<typeof createMemory<T>>;

/** Outcomes by question, and the questions under way; the oldest make room. */
export function createMemory<T>() {
  const kept = new Map<string, { outcome: Outcome<T>; size: number }>();
  let characters = 0;
  const drop = (key: string): void => {
    characters -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };
  const underWay = new Map<string, Promise<T>>();
  return {
    underWay,
    find: (key: string, now: Date): Outcome<T> | undefined => {
      const outcome = kept.get(key)?.outcome;
      return outcome && outcome.until > now ? outcome : undefined;
    },
    keep(key: string, outcome: Outcome<T>, size = 0): void {
      drop(key);
      kept.set(key, { outcome, size });
      characters += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT && characters <= MOST_CHARACTERS) break;
        drop(oldest);
      }
    },
  };
}
