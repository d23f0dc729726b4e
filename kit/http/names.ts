import { type LookupAddress, lookup } from 'node:dns';
import { isIP } from 'node:net';

/** A look-up holds one of the process's few threads for as long as the name server is silent: the others stay free. */
const AT_ONCE = 2;
const FRESH_MS = 30_000;
/** While the name server is silent, what it said within this time serves on. */
const STALE_MS = 3_600_000;
const PATIENCE_MS = 500;
const MOST_NAMES = 10_000;

interface Known {
  addresses: LookupAddress[];
  at: number;
}

const known = new Map<string, Known>();
const pending = new Map<string, Promise<LookupAddress[]>>();
const waiting: (() => void)[] = [];
let running = 0;

/**
 * Every address of a host. Of names being looked up at once there are never more than two, the rest wait; a name that
 * was known before does not wait for a name server that is silent.
 * @throws Error when the name is unknown, or the signal's reason when it ends the wait
 */
export async function findAddresses(hostname: string, signal: AbortSignal): Promise<LookupAddress[]> {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const before = known.get(host);
  const age = before ? performance.now() - before.at : Infinity;
  if (before && age < FRESH_MS) return before.addresses;
  const asked = lookUp(host);
  if (before && age < STALE_MS)
    return firstOf(asked, AbortSignal.timeout(PATIENCE_MS)).catch(() => before.addresses);
  return firstOf(asked, signal);
}

function firstOf<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    return undefined;
  });
}

/** Once at a time for each name. */
function lookUp(host: string): Promise<LookupAddress[]> {
  let asked = pending.get(host);
  if (!asked) {
    asked = whenFree(host).finally(() => pending.delete(host));
    asked.catch(() => {}); // whoever asked may have stopped waiting
    pending.set(host, asked);
  }
  return asked;
}

function whenFree(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      running += 1;
      lookup(host, { all: true }, (error, addresses) => {
        running -= 1;
        waiting.shift()?.();
        if (error) return reject(error);
        if (known.size >= MOST_NAMES) known.clear();
        known.set(host, { addresses, at: performance.now() });
        return resolve(addresses);
      });
    };
    if (running < AT_ONCE) begin();
    else waiting.push(begin);
  });
}
