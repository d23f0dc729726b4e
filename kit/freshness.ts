import type { Job } from './jobs.ts';

/** Something kept in memory that another replica may change. */
export interface Cache {
  name: string;
  /** Read again so often at the latest; a notification makes it sooner. */
  everyMs: number;
  refresh: () => Promise<void>;
}

export interface Freshness {
  /** Reads each cache again at its interval. */
  jobs: Job[];
  /** Undefined while every cache is young enough; else resolves once those too old were read again. @throws when they cannot be */
  whenFresh(): Promise<void> | undefined;
  /** The age of the oldest cache, measured against its own interval: 1 is on time. */
  readonly lateness: number;
}

/** A turn may come late by its own interval, and by what a busy machine takes. */
const INTERVALS = 2;
const SLACK_MS = 1000;

/**
 * Lets nobody act on what is older than it may be: a process that was stopped for a minute and goes on has all its
 * caches as they were, and the first request may come before the first timer. Ages are told by a clock nobody can set,
 * counted from before the reading.
 */
export function keepFresh(caches: Cache[]): Freshness {
  const entries = caches.map((cache) => ({ cache, readAt: performance.now() }));
  type Entry = (typeof entries)[number];
  const isOld = ({ cache, readAt }: Entry): boolean =>
    performance.now() - readAt > cache.everyMs * INTERVALS + SLACK_MS;
  const read = async (entry: Entry): Promise<void> => {
    const begun = performance.now();
    await entry.cache.refresh();
    entry.readAt = Math.max(entry.readAt, begun);
  };
  let reading: Promise<void> | undefined;
  return {
    jobs: entries.map((entry) => ({
      name: entry.cache.name,
      everyMs: entry.cache.everyMs,
      runs: 'everywhere',
      run: () => read(entry),
    })),
    whenFresh() {
      if (!entries.some(isOld)) return undefined;
      reading ??= Promise.all(entries.filter(isOld).map(read))
        .then(() => {})
        .finally(() => (reading = undefined));
      return reading;
    },
    get lateness() {
      const now = performance.now();
      return Math.max(...entries.map(({ cache, readAt }) => (now - readAt) / cache.everyMs));
    },
  };
}
