import { type Counters, type Counts, between } from './counters.ts';
import type { Measurement } from './measure.ts';

/** What jobs make the database do in a second when nobody asks for anything. */
export async function measureIdle(counters: Counters, ms: number): Promise<Counts> {
  const from = performance.now();
  const before = await counters.read();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const counts = between(before, await counters.read());
  const seconds = (performance.now() - from) / 1000;
  return map(counts, (value) => value / seconds);
}

/** What one operation makes the database do; what runs beside is taken off by its mean. */
export function perOperation({ counts, counted = 1, countedSeconds = 0 }: Measurement, idle: Counts): Counts {
  if (!counts) throw new Error('nothing was counted');
  return map(counts, (value, name) => Math.max(0, value - idle[name] * countedSeconds) / counted);
}

function map(counts: Counts, change: (value: number, name: keyof Counts) => number): Counts {
  return {
    statements: change(counts.statements, 'statements'),
    walBytes: change(counts.walBytes, 'walBytes'),
    rows: change(counts.rows, 'rows'),
    buffers: change(counts.buffers, 'buffers'),
  };
}
