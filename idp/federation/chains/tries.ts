import { type Clock, MINUTE, after } from '#kit/clock.ts';

const MOST = 10;

/** Ten tries a minute for each administrator, at this replica: each makes us ask two dozen servers at most. */
export function countTries(clock: Clock): (accountId: string) => boolean {
  let counted = new Map<string, number>();
  let until = clock();
  return (accountId) => {
    if (clock() >= until) {
      counted = new Map();
      until = after(clock(), MINUTE);
    }
    const tries = (counted.get(accountId) ?? 0) + 1;
    counted.set(accountId, tries);
    return tries <= MOST;
  };
}
