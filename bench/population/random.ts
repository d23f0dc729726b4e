/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: () => number, from: ArrayLike<T>): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Ids that grow with `n`, so that an index is filled from left to right. */
export function uuidOf(kind: string, n: number): string {
  return `00000000-0000-4000-8${kind}-${n.toString(16).padStart(12, '0')}`;
}
