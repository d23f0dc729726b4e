import { DAY, HOUR } from '#kit/clock.ts';

/** Days that differ from their weekday, as `yyyy-MM-dd`. */
export interface WorkingCalendar {
  off: ReadonlySet<string>;
  worked: ReadonlySet<string>;
}

/** Taipei keeps this offset all year. */
const OFFSET_MS = 8 * HOUR;

/** Number of a moment's day in Taipei, counted from 1970. */
function dayOf(at: Date): number {
  return Math.floor((at.getTime() + OFFSET_MS) / DAY);
}

function startOf(day: number): Date {
  return new Date(day * DAY - OFFSET_MS);
}

function works(day: number, { off, worked }: WorkingCalendar): boolean {
  const name = new Date(day * DAY).toISOString().slice(0, 10);
  if (worked.has(name)) return true;
  const weekday = new Date(day * DAY).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !off.has(name);
}

/** SM-03: the end of the `days`th working day after the day of `at`. */
export function dueAfter(at: Date, days: number, calendar: WorkingCalendar): Date {
  let day = dayOf(at);
  for (let left = days; left > 0;) {
    day += 1;
    if (works(day, calendar)) left -= 1;
  }
  return startOf(day + 1);
}

/** What began before this moment is overdue at `now`: the same rule, for a whole list at once. */
export function beganBefore(now: Date, days: number, calendar: WorkingCalendar): Date {
  let day = dayOf(now);
  for (let left = days; left > 0;) {
    day -= 1;
    if (works(day, calendar)) left -= 1;
  }
  return startOf(day);
}
