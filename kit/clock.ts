/** The present moment, handed in wherever a rule depends on it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `at` moved by `ms` milliseconds (negative: earlier). */
export function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

const TAIPEI_MS = 8 * HOUR;

/** The day in Taipei, `YYYY-MM-DD`. */
export function taipeiDay(at: Date): string {
  return after(at, TAIPEI_MS).toISOString().slice(0, 10);
}

/** The minute in Taipei, as a date-and-time field writes it: `YYYY-MM-DDTHH:MM`. */
export function taipeiMinute(at: Date): string {
  return after(at, TAIPEI_MS).toISOString().slice(0, 16);
}
