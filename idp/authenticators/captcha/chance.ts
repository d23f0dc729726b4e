/** Numbers from 0 up to, not including, 1. */
export type Chance = () => number;

/**
 * A stream of chance that `seed` (at least 4 bytes) repeats. One challenge thus always looks and sounds the
 * same, so fetching it again and again teaches nothing more, and a player may ask for it in parts.
 */
export function seededChance(seed: Buffer): Chance {
  let state = seed.readUInt32BE(0);
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function between(chance: Chance, low: number, high: number): number {
  return low + (high - low) * chance();
}

export function oneOf<T>(chance: Chance, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(chance() * choices.length)] ?? choices[0];
}
