/** How one worker ended. */
export interface Death {
  /** How long it had been ready; undefined when it never was. */
  readyForMs: number | undefined;
}

/** A worker that served for so long was sound: what killed it is no crash loop. */
const SOUND_MS = 30_000;
const FIRST_MS = 250;
const LONGEST_MS = 15_000;
/** Deaths in a row, with nobody left who serves. */
export const MOST_DEATHS = 8;

/** Deaths in a row after one more. */
export function countDeaths(before: number, { readyForMs }: Death): number {
  return readyForMs !== undefined && readyForMs >= SOUND_MS ? 1 : before + 1;
}

/**
 * After how many milliseconds the next worker is started: the first time soon, then twice as late each time. Given up
 * only when nobody serves any more: while others do, trying costs nothing and giving up would end them.
 */
export function decideRestart(deaths: number, serving: number): number | 'give_up' {
  if (deaths >= MOST_DEATHS && serving === 0) return 'give_up';
  return Math.min(FIRST_MS * 2 ** Math.max(0, deaths - 1), LONGEST_MS);
}
