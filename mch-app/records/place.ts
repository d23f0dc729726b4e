import { findCounty } from '#kit/taiwan/divisions.ts';

/** The county of a township: its code's first five digits, when there is such a county. */
export function countyOf(town: string): string {
  return findCounty(town.slice(0, 5))?.code ?? '';
}
