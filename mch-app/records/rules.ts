import { taipeiDay } from '#kit/clock.ts';
import type { Finding, Value, Values } from './types.ts';

/** Rules several areas share; each answers what it found. */

const DAY_MS = 86_400_000;

export const error = (field: string, key: string, params?: Finding['params']): Finding => ({
  field,
  level: 'error',
  key,
  ...(params && { params }),
});
export const warning = (field: string, key: string, params?: Finding['params']): Finding => ({
  ...error(field, key, params),
  level: 'warning',
});

/** Days that are still to come, in fields that tell of what has happened. */
export function stillToCome(values: Values, today: string, ...fields: string[]): Finding[] {
  return fields.filter((name) => dayOf(values[name]) > today).map((name) => error(name, 'future'));
}

/** A mother can be reached. */
export function contactOf(values: Values): Finding[] {
  return values['phone'] === null && values['mobile'] === null ? [error('phone', 'contact')] : [];
}

/** What a pregnancy's numbers are to one another: para within gravida, the due date 280 ± 21 days after the period. */
export function pregnancyRules(values: Values): Finding[] {
  const { gravida, para, lmp, edc } = values as Record<string, Value>;
  const found: Finding[] = [];
  if (typeof gravida === 'number' && typeof para === 'number' && para > gravida)
    found.push(error('para', 'para'));
  if (typeof lmp === 'string' && typeof edc === 'string' && Math.abs(daysBetween(lmp, edc) - 280) > 21) {
    found.push(warning('edc', 'edc'));
  }
  return found;
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The day of a value; '' when it holds none. */
export function dayOf(value: Value | undefined): string {
  if (value instanceof Date) return taipeiDay(value);
  return typeof value === 'string' ? value : '';
}
