import { MINUTE } from '#kit/clock.ts';

/** Names of clients that one address may have us ask the world about in a minute. */
const MOST_OF_ADDRESS = 20;
const MOST_ADDRESSES = 20_000;

/** The names that each address brought in this minute, in this process; how often each came counts for nothing. */
export class Strangers {
  #minute = 0;
  #names = new Map<string, Set<string>>();

  admits(address: string, name: string, now: number): boolean {
    const minute = Math.floor(now / MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#names = new Map();
    }
    const known = this.#names.get(address);
    if (known?.has(name)) return true;
    if ((known?.size ?? 0) >= MOST_OF_ADDRESS) return false;
    if (!known && this.#names.size >= MOST_ADDRESSES) return false;
    this.#names.set(address, (known ?? new Set()).add(name));
    return true;
  }
}
