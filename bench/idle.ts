import { setTimeout as sleep } from 'node:timers/promises';
import { type Counters, type Counts, between, sum } from './counters.ts';
import type { Measurement } from './measure.ts';
import { median } from './rounds.ts';

/** What cannot be told from what jobs do beside it. */
export type Shared = Omit<Counts, 'calls'>;

/** What an operation makes a database do. */
export type Work = Shared & { statements: number };

/** A statement that not even every second operation sends is none of theirs: jobs run beside. */
const SELDOM = 2;

/**
 * What jobs make the database do in a second when nobody asks for anything: the median of some seconds, since what is
 * made up for after a load, such as a vacuum, comes once.
 */
export async function measureIdle(counters: Counters, windows: number): Promise<Shared> {
  const each: Shared[] = [];
  for (let n = 0; n < windows; n += 1) {
    const from = performance.now();
    const before = await counters.read();
    await sleep(1000);
    const counts = between(before, await counters.read());
    const seconds = (performance.now() - from) / 1000;
    each.push(map(counts, (value) => value / seconds));
  }
  return {
    walBytes: median(each.map(({ walBytes }) => walBytes)),
    rows: median(each.map(({ rows }) => rows)),
    buffers: median(each.map(({ buffers }) => buffers)),
  };
}

/** What one operation makes the database do; what runs beside is left out, or taken off. */
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
