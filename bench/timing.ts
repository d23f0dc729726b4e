import { Party } from './party.ts';
import { startBenchWorld } from './world.ts';

/** Two tries a name: the third would lock it, and a lock is told by mail. */
const TRIES = 2;
const ALLOWED = 0.05;

/**
 * How long the answer to a wrong password takes for accounts that are there and for names nobody has, one after the
 * other in turn, so that a slow phase of the machine falls on both.
 * @returns whether the medians are within five per cent
 */
export async function benchTiming(pairs: number): Promise<boolean> {
  const people = Math.ceil(pairs / TRIES);
  const world = await startBenchWorld(people);
  try {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const party = new Party(world, 0);
    for (let pair = -5; pair < pairs; pair += 1) {
      const n = Math.floor(Math.max(0, pair) / TRIES);
      // the names are equally long; which comes first changes with each pair
      const names = { known: `bench.${n}`, unknown: `bonch.${n}` };
      const order = pair % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
      for (const kind of order) {
        const name = pair < 0 ? `warm.${kind}.${pair}` : names[kind];
        const ms = await party.tryPassword(name, 'Wrong*2026Word');
        if (pair >= 0) times[kind].push(ms);
      }
    }
    party.close();
    const [known, unknown] = [median(times.known), median(times.unknown)];
    const apart = Math.abs(known - unknown) / Math.min(known, unknown);
    const isWithin = apart <= ALLOWED;
    process.stdout.write(
      `wrong passwords, ${pairs} pairs in turn: known ${known.toFixed(2)} ms, unknown ${unknown.toFixed(2)} ms (medians), ` +
        `${(apart * 100).toFixed(1)} % apart, ${isWithin ? 'within' : 'BEYOND'} ${ALLOWED * 100} %\n`,
    );
    return isWithin;
  } finally {
    await world.stop();
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
