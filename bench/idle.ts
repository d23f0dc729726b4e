import { type Counters, type Counts, between, sum } from './counters.ts';
import type { Measurement } from './measure.ts';

/** What cannot be told from what jobs do beside it. */
export type Shared = Omit<Counts, 'calls'>;

/** What an operation makes a database do. */
export type Work = Shared & { statements: number };

/** A statement that not even every second operation sends is none of theirs: jobs run beside. */
const SELDOM = 2;

/** What jobs make the database do in a second when nobody asks for anything. */
export async function measureIdle(counters: Counters, ms: number): Promise<Shared> {
  const from = performance.now();
  const before = await counters.read();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const counts = between(before, await counters.read());
  const seconds = (performance.now() - from) / 1000;
  return map(counts, (value) => value / seconds);
}

/** What one operation makes the database do; what runs beside is left out, or taken off by its mean. */
export function perOperation({ counts, counted = 1, countedSeconds = 0 }: Measurement, idle: Shared): Work {
  if (!counts) throw new Error('nothing was counted');
  const own = [...counts.calls.values()].filter((calls) => calls * SELDOM >= counted);
  return {
    ...map(counts, (value, name) => Math.max(0, value - idle[name] * countedSeconds) / counted),
    statements: sum(own) / counted,
  };
}

function map(counts: Shared, change: (value: number, name: keyof Shared) => number): Shared {
  return {
    walBytes: change(counts.walBytes, 'walBytes'),
    rows: change(counts.rows, 'rows'),
    buffers: change(counts.buffers, 'buffers'),
  };
}
