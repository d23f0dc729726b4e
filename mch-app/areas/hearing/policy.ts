import type { Value, Values } from '../../records/index.ts';

/** What a screening of both ears comes to: failed when one fails, passed when both pass, else not complete. */
export function overallOf({ right_ear: right, left_ear: left }: Values): Value {
  if (right === null && left === null) return null;
  if (right === 'fail' || left === 'fail') return 'fail';
  return right === 'pass' && left === 'pass' ? 'pass' : 'incomplete';
}

/** Whether a diagnosis found hearing loss in either ear. */
export const isLoss = ({ right, left }: Values): boolean => right !== 'normal' || left !== 'normal';

/** So many days after a day, or before it. Both are `YYYY-MM-DD`. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day so many months after, or before; in a shorter month its last, as PostgreSQL counts. */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(date, last.getUTCDate())))
    .toISOString()
    .slice(0, 10);
}
