import type { Locale } from '#kit/http/locale.ts';
import { findTown } from '#kit/taiwan/divisions.ts';
import { formatDateTime, formatDay } from '#templates/dates.ts';
import type { Labels } from '../labels.ts';
import { weeksOf } from '../parse.ts';
import type { Field, Value } from '../types.ts';

/** A value as pages, prints and exports show it; '' for none. */
export function showValue(labels: Labels, locale: Locale, name: string, of: Field, value: Value): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) {
    return value.map((code) => labels.text(locale, `${name}.${code}`)).join(locale === 'en' ? ', ' : '、');
  }
  if (value instanceof Date) return formatDateTime(locale, value);
  switch (of.kind) {
    case 'choice':
      return labels.text(locale, `${name}.${String(value)}`);
    case 'yes-no':
      return labels.text(locale, `yes-no.${value === true ? 'yes' : 'no'}`);
    case 'weeks':
      return labels.text(locale, 'weeks.shown', split(Number(value)));
    case 'day':
      return formatDay(locale, String(value));
    case 'town':
      return townName(locale, String(value));
    default:
      return String(value);
  }
}

/** A township with its county. */
export function townName(locale: Locale, code: string): string {
  const found = findTown(code.slice(0, 5), code);
  return found ? (locale === 'en' ? found.nameEn : found.name) : code;
}

function split(days: number): { weeks: string; days: string } {
  const [weeks = '0', rest = '0'] = weeksOf(days).split('.');
  return { weeks, days: rest };
}
