import type { Database } from './handle.ts';
import type { Clock } from '#kit/clock.ts';

/** How far this process's clock is from the database's. */
export interface ClockWatch {
  /** Seconds it goes ahead; negative: behind. 0 until the first look. */
  readonly skewSeconds: number;
  /** Whether it is close enough to issue and judge what expires. */
  readonly isRight: boolean;
  /** Compares the two, in one statement. */
  look(): Promise<void>;
}

/** Tokens allow for so much between clocks, so nothing goes wrong below it. */
const TOLERATED_SECONDS = 15;

/**
 * Watches the clock of this process by the database's, which judges most of what expires. The time the statement took
 * is no skew: only what lies outside it counts.
 * @param onChange told when the clock becomes wrong, and when it is right again
 */
export function watchClock(
  database: Pick<Database<unknown>, 'query'>,
  clock: Clock,
  onChange: (isRight: boolean, skewSeconds: number) => void,
): ClockWatch {
  let skewSeconds = 0;
  let isRight = true;
  return {
    get skewSeconds() {
      return skewSeconds;
    },
    get isRight() {
      return isRight;
    },
    async look() {
      const began = performance.now();
      const [row] = await database.query<{ ms: number }>(
        'select extract(epoch from clock_timestamp())::float8 * 1000 as ms where $1',
        [true],
      );
      const now = clock().getTime();
      const tookMs = performance.now() - began;
      const ahead = now - (row?.ms ?? now); // at most as much too large as the answer took to come back
      const surelyMs = ahead > 0 ? Math.max(0, ahead - tookMs) : ahead;
      skewSeconds = surelyMs / 1000;
      const before = isRight;
      isRight = Math.abs(skewSeconds) <= TOLERATED_SECONDS;
      if (isRight !== before) onChange(isRight, skewSeconds);
    },
  };
}
