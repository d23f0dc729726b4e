import { type LookupAddress, lookup } from 'node:dns';
import { isIP } from 'node:net';

/** A look-up holds one of the process's few threads for as long as the name server is silent: the others stay free. */
const AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Every address of a host. Of names being looked up at once there are never more than two; the rest wait.
 * @throws Error when the name is unknown or the signal ends the wait
 */
export async function findAddresses(hostname: string, signal: AbortSignal): Promise<LookupAddress[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      if (signal.aborted) return next();
      running += 1;
      lookup(host, { all: true }, (error, addresses) => {
        running -= 1;
        next();
        if (error) reject(error);
        else resolve(addresses);
      });
      return undefined;
    };
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    if (running < AT_ONCE) begin();
    else waiting.push(begin);
  });
}

function next(): void {
  waiting.shift()?.();
}
