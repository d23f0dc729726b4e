/** Months of age from which a visit is due up to the month it no longer is. */
export type Window = readonly [from: number, before: number];

/** The seven preventive visits. */
export const VISITS: readonly Window[] = [
  [0, 2],
  [2, 4],
  [4, 10],
  [10, 18],
  [18, 24],
  [24, 36],
  [36, 84],
];
/** The six screenings of development, since July of 2024. */
export const SCREENINGS: readonly Window[] = [
  [6, 10],
  [10, 18],
  [18, 24],
  [24, 36],
  [36, 60],
  [60, 84],
];

/** Full months of the calendar from birth to a day, both `YYYY-MM-DD`. */
export function monthsOld(birthDate: string, on: string): number {
  const [year = 0, month = 0, day = 0] = birthDate.split('-').map(Number);
  const [yearOn = 0, monthOn = 0, dayOn = 0] = on.split('-').map(Number);
  const months = (yearOn - year) * 12 + monthOn - month;
  // a child of the 31st is a month older on the last day of a month that has none
  const lastDay = new Date(Date.UTC(yearOn, monthOn, 0)).getUTCDate();
  return dayOn < Math.min(day, lastDay) ? months - 1 : months;
}

/** Which of the windows an age is in, counted from 1; 0 for none. */
export function windowAt(windows: readonly Window[], months: number): number {
  return windows.findIndex(([from, before]) => months >= from && months < before) + 1;
}
