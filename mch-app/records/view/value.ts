import type { Locale } from '#kit/http/locale.ts';
import { findCounty, findTown } from '#kit/taiwan/divisions.ts';
import { formatDateTime, formatDay } from '#templates/dates.ts';
import { type UnitNames, unitLine } from '../../units/index.ts';
import type { Labels } from '../labels.ts';
import { readValue, weeksOf } from '../parse.ts';
import type { Field, Value } from '../types.ts';

/** A value as pages, prints and exports show it; '' for none. */
export function showValue(
  labels: Labels,
  locale: Locale,
  name: string,
  of: Field,
  value: Value,
  units: UnitNames,
): string {
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
    case 'unit':
      return unitText(String(value), units);
    case 'town':
      return townName(locale, String(value));
    default:
      return String(value);
  }
}

/** What was typed into a field as pages show its value; what a field cannot hold any more stays as it was typed. */
export function showTyped(
  labels: Labels,
  locale: Locale,
  name: string,
  of: Field,
  typed: string,
  units: UnitNames,
): string {
  const value = readValue(of, of.kind === 'flags' ? typed.split(',').filter(Boolean) : typed);
  return value === undefined ? typed : showValue(labels, locale, name, of, value, units);
}

/** A township with its county. */
export function townName(locale: Locale, code: string): string {
  const county = findCounty(code.slice(0, 5));
  const town = findTown(code.slice(0, 5), code);
  if (!county || !town) return code;
  return locale === 'en' ? `${town.nameEn}, ${county.nameEn}` : county.name + town.name;
}

/** A unit with its code; one whose name is not known by its code alone. */
function unitText(code: string, units: UnitNames): string {
  const name = units.get(code);
  return name === undefined ? code : unitLine(code, name);
}

function split(days: number): { weeks: string; days: string } {
  const [weeks = '0', rest = '0'] = weeksOf(days).split('.');
  return { weeks, days: rest };
}
