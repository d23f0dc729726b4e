import { type Counters, type Counts, between, sum } from './counters.ts';
import type { Measurement } from './measure.ts';

/** What a database does, in a second or for an operation. */
export type Work = Omit<Counts, 'calls'>;

/** A statement that not even every second operation sends is none of theirs: jobs run beside. */
const SELDOM = 2;

/** What jobs make the database do in a second when nobody asks for anything. */
export async function measureIdle(counters: Counters, ms: number): Promise<Work> {
  const from = performance.now();
  const before = await counters.read();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const counts = between(before, await counters.read());
  const seconds = (performance.now() - from) / 1000;
  return map(counts, (value) => value / seconds);
}

/** What one operation makes the database do; what runs beside is left out, or taken off by its mean. */
export function perOperation({ counts, counted = 1, countedSeconds = 0 }: Measurement, idle: Work): Work {
  if (!counts) throw new Error('nothing was counted');
  const own = [...counts.calls.values()].filter((calls) => calls * SELDOM >= counted);
  return {
    ...map(counts, (value, name) => Math.max(0, value - idle[name] * countedSeconds) / counted),
    statements: sum(own) / counted,
  };
}

function map(counts: Work, change: (value: number, name: keyof Work) => number): Work {
  return {
    statements: change(counts.statements, 'statements'),
    walBytes: change(counts.walBytes, 'walBytes'),
    rows: change(counts.rows, 'rows'),
    buffers: change(counts.buffers, 'buffers'),
  };
}
