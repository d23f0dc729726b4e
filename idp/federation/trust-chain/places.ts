import { TrustFault } from './fault.ts';

export type Places = ReturnType<typeof createPlaces>;

/**
 * Who may ask now: so many at once, of them so many at one host, so that a slow one keeps nobody from the others. Hosts
 * take turns; whoever waits leaves when their time is up.
 */
export function createPlaces(limits: { atOnce: number; atOnceAtHost: number; waiting: number }) {
  const held = new Map<string, number>();
  /** By host, whose turn it is first. */
  const queues = new Map<string, Set<() => void>>();
  let total = 0;
  let waiting = 0;

  const isFree = (host: string): boolean =>
    total < limits.atOnce && (held.get(host) ?? 0) < limits.atOnceAtHost;
  const hold = (host: string): void => {
    total += 1;
    held.set(host, (held.get(host) ?? 0) + 1);
  };
  const drop = (host: string, queue: Set<() => void>, go: () => void): void => {
    queue.delete(go);
    waiting -= 1;
    if (queue.size === 0) queues.delete(host);
  };
  const call = (): void => {
    for (const [host, queue] of queues) {
      const [go] = queue;
      if (!go || !isFree(host)) continue;
      queues.delete(host);
      queues.set(host, queue); // behind the others
      drop(host, queue, go);
      hold(host);
      go();
    }
  };
  const leave = (host: string): void => {
    total -= 1;
    const left = (held.get(host) ?? 1) - 1;
    if (left === 0) held.delete(host);
    else held.set(host, left);
    call();
  };
  const wait = async (host: string, withinMs: number): Promise<void> => {
    if (waiting >= limits.waiting) throw new TrustFault('limits', host);
    const queue = queues.get(host) ?? new Set();
    queues.set(host, queue);
    waiting += 1;
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(
        () => {
          drop(host, queue, go);
          reject(new TrustFault('limits', host));
        },
        Math.max(0, withinMs),
      );
      queue.add(go);
    });
  };

  return {
    /** @throws TrustFault limits: no place came free in time, or too many wait */
    async at<T>(host: string, withinMs: number, deed: () => Promise<T>): Promise<T> {
      if (isFree(host)) hold(host);
      else await wait(host, withinMs);
      try {
        return await deed();
      } finally {
        leave(host);
      }
    },
  };
}
