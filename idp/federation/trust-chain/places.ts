import { TrustFault } from './fault.ts';

export type Places = ReturnType<typeof createPlaces>;

export interface PlaceLimits {
  atOnce: number;
  atOnceAtHost: number;
  waiting: number;
  /** Of both, at most for hosts that have not answered yet. */
  strangersAtOnce: number;
  strangersWaiting: number;
}

const MOST_KNOWN = 1000;

/**
 * Who may ask now: so many at once, of them so many at one host, so that a slow one keeps nobody from the others. Hosts
 * take turns; whoever waits leaves when their time is up. Some places are kept for hosts that have answered before: as
 * many silent ones as anybody can name do not keep them waiting.
 */
export function createPlaces(limits: PlaceLimits) {
  const held = new Map<string, number>();
  /** By host, whose turn it is first. */
  const queues = new Map<string, Set<() => void>>();
  const known = new Set<string>();
  const busy = { all: 0, strangers: 0 };
  const waiting = { all: 0, strangers: 0 };

  const isFree = (host: string): boolean =>
    busy.all < limits.atOnce &&
    (held.get(host) ?? 0) < limits.atOnceAtHost &&
    (known.has(host) || busy.strangers < limits.strangersAtOnce);
  const count = (counts: typeof busy, isStranger: boolean, by: 1 | -1): void => {
    counts.all += by;
    if (isStranger) counts.strangers += by;
  };
  const hold = (host: string): (() => void) => {
    const isStranger = !known.has(host);
    count(busy, isStranger, 1);
    held.set(host, (held.get(host) ?? 0) + 1);
    return () => {
      count(busy, isStranger, -1);
      const left = (held.get(host) ?? 1) - 1;
      if (left === 0) held.delete(host);
      else held.set(host, left);
      call();
    };
  };
  const call = (): void => {
    for (const [host, queue] of queues) {
      const [go] = queue;
      if (!go || !isFree(host)) continue;
      queues.delete(host);
      queues.set(host, queue); // behind the others
      go();
    }
  };
  /** @returns what gives the place back */
  const wait = async (host: string, withinMs: number): Promise<() => void> => {
    const isStranger = !known.has(host);
    const isFull = isStranger && waiting.strangers >= limits.strangersWaiting;
    if (isFull || waiting.all >= limits.waiting) throw new TrustFault('limits', host);
    const queue = queues.get(host) ?? new Set();
    queues.set(host, queue);
    count(waiting, isStranger, 1);
    return new Promise((resolve, reject) => {
      const drop = (): void => {
        clearTimeout(timer);
        queue.delete(go);
        count(waiting, isStranger, -1);
        if (queue.size === 0) queues.delete(host);
      };
      const go = (): void => {
        drop();
        resolve(hold(host));
      };
      const late = (): void => {
        drop();
        reject(new TrustFault('limits', host));
      };
      const timer = setTimeout(late, Math.max(0, withinMs));
      queue.add(go);
    });
  };

  return {
    /** @throws TrustFault limits: no place came free in time, or too many wait */
    async at<T>(host: string, withinMs: number, deed: () => Promise<T>): Promise<T> {
      const leave = isFree(host) ? hold(host) : await wait(host, withinMs);
      try {
        return await deed();
      } finally {
        leave();
      }
    },

    /** It answered as it should, or did not at all: then it is a stranger again. */
    heardFrom(host: string, hasAnswered: boolean): void {
      known.delete(host);
      if (!hasAnswered) return;
      const [oldest] = known;
      if (oldest !== undefined && known.size >= MOST_KNOWN) known.delete(oldest);
      known.add(host);
      call();
    },
  };
}
