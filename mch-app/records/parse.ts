import { taipeiMinute } from '#kit/clock.ts';
import type { Form } from '#kit/http/form.ts';
import { isCalendarDay } from '#kit/list.ts';
import { allFields, hasRow, splitRowField } from './groups.ts';
import { findTown } from '#kit/taiwan/divisions.ts';
import { unitCodeOf } from '../units/index.ts';
import type { Facts, Field, Finding, RecordKind, Value, Values } from './types.ts';

/** What a form said: the values that could be read, what could not, and the words as they were typed. */
export interface Parsed {
  values: Record<string, Value>;
  findings: Finding[];
  typed: Record<string, string | string[]>;
}

/**
 * Reads every field of a kind from a form; a field the form does not have is empty. What a form has beyond the
 * fields is passed over, so nobody sets what is not asked.
 * @param complete whether what is needed must be there: to submit, not to keep a draft
 * @param subject whom the record is about, as far as what is worked out needs it
 */
export function parseFields(
  kind: RecordKind,
  form: Form,
  complete: boolean,
  subject?: Facts['subject'],
): Parsed {
  const fields = Object.entries(allFields(kind));
  const parsed: Parsed = { values: {}, findings: [], typed: {} };
  for (const [name, field] of fields) {
    if (field.derived || field.given) continue;
    const typed = typedIn(form, name, field);
    parsed.typed[name] = typed;
    const value = readValue(field, typed);
    if (value === undefined) parsed.findings.push(faultOf(name, field));
    parsed.values[name] = value ?? null;
    if (field.kind === 'town') readCounty(parsed, form, name, complete);
  }
  for (const [name, field] of fields) {
    if (field.given) parsed.values[name] = null;
    else if (field.derived) {
      const value = field.derived(parsed.values, subject);
      parsed.values[name] = value;
      parsed.typed[name] = writeValue(field, value);
    } else if (!isAsked(field, parsed.values)) parsed.values[name] = null;
    else if (
      complete &&
      field.required &&
      isEmpty(parsed.values[name]) &&
      !isFaulty(parsed, name) &&
      !isInBlankRow(kind, name, parsed.typed)
    ) {
      parsed.findings.push({ field: name, level: 'error', key: 'needed' });
    }
  }
  parsed.findings = parsed.findings.filter(({ field }) => {
    const of = fields.find(([name]) => name === field)?.[1];
    return of === undefined || isAsked(of, parsed.values);
  });
  return parsed;
}

function isInBlankRow(kind: RecordKind, name: string, typed: Parsed['typed']): boolean {
  const of = splitRowField(name);
  const group = of && kind.groups.find((one) => one.name === of.group);
  return of !== undefined && group !== undefined && !hasRow(group, of.at, typed);
}

/** What was typed into a field; of a unit that was looked up, what was chosen. */
function typedIn(form: Form, name: string, field: Field): string | string[] {
  if (field.kind === 'flags') return form.all(name);
  const chosen = field.kind === 'unit' ? form.get(chosenName(name)) : '';
  return (chosen || form.get(name)).normalize('NFC').trim();
}

/** Where a form says of which county a township is. */
export const countyName = (field: string): string => `${field}-county`;

/** A township that is not of the county chosen beside it is none, and a county alone names no township. */
function readCounty(parsed: Parsed, form: Form, name: string, complete: boolean): void {
  const county = form.get(countyName(name)).trim();
  parsed.typed[countyName(name)] = county;
  const town = parsed.values[name];
  if (county === '' || isFaulty(parsed, name)) return;
  if (typeof town === 'string' && !findTown(county, town)) {
    parsed.findings.push({ field: name, level: 'error', key: 'town_elsewhere' });
    parsed.values[name] = null;
  } else if (town === null && complete) {
    parsed.findings.push({ field: name, level: 'error', key: 'town_of_county' });
  }
}

/** Where a form says which of the units that were found is meant. */
export const chosenName = (field: string): string => `${field}-chosen`;

/** Whether the field is asked, given the others. */
export function isAsked(field: Field, values: Values): boolean {
  if (!field.when) return true;
  const other = values[field.when.field] ?? null;
  const held = Array.isArray(other) ? other : [typeof other === 'boolean' ? yesOrNo(other) : String(other)];
  return field.when.is.some((wanted) => held.includes(wanted));
}

/** @returns null for nothing, undefined for what cannot be read */
export function readValue(field: Field, typed: string | string[]): Value | undefined {
  if (Array.isArray(typed)) {
    const chosen = field.options.filter((option) => typed.includes(option));
    return typed.every((option) => field.options.includes(option))
      ? chosen.length
        ? chosen
        : null
      : undefined;
  }
  if (typed === '') return null;
  switch (field.kind) {
    case 'text':
    case 'area': {
      const isGood = Array.from(typed).length <= field.max && (field.pattern?.test(typed) ?? true);
      return isGood ? typed : undefined;
    }
    case 'whole':
      return /^-?\d{1,9}$/.test(typed) ? within(field, Number(typed)) : undefined;
    case 'decimal':
      return /^-?\d{1,7}(\.\d{1,2})?$/.test(typed) ? within(field, Number(typed)) : undefined;
    case 'weeks': {
      const [, full, rest = '0'] = /^(\d{1,2})(?:[.+](\d))?$/.exec(typed) ?? [];
      return full === undefined || Number(rest) > 6
        ? undefined
        : within(field, Number(full) * 7 + Number(rest));
    }
    case 'day':
      return isCalendarDay(typed) ? typed : undefined;
    case 'moment':
      return readMoment(typed);
    case 'choice':
      return field.options.includes(typed) ? typed : undefined;
    case 'yes-no':
      return typed === 'yes' || typed === 'no' ? typed === 'yes' : undefined;
    case 'unit':
      return unitCodeOf(typed);
    case 'town':
      return findTown(typed.slice(0, 5), typed) ? typed : undefined;
    case 'flags':
      return readValue(field, [typed]);
  }
}

/** A value as its field is typed: what `readValue` reads back. */
export function writeValue(field: Field, value: Value): string | string[] {
  if (value === null) return field.kind === 'flags' ? [] : '';
  if (Array.isArray(value)) return value;
  if (value instanceof Date) return taipeiMinute(value);
  if (typeof value === 'boolean') return yesOrNo(value);
  if (field.kind === 'weeks') return weeksOf(Number(value));
  return String(value);
}

/** Days of pregnancy as weeks and days. */
export function weeksOf(days: number): string {
  return `${Math.floor(days / 7)}.${days % 7}`;
}

function readMoment(typed: string): Date | undefined {
  const [, day = '', time = ''] =
    /^(\d{4}-\d\d-\d\d)[T ]([01]\d:[0-5]\d|2[0-3]:[0-5]\d)(?::\d\d)?$/.exec(typed) ?? [];
  return isCalendarDay(day) ? new Date(`${day}T${time}:00+08:00`) : undefined;
}

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');
const isEmpty = (value: Value | undefined): boolean => value === null || value === undefined;
const isFaulty = (parsed: Parsed, name: string): boolean =>
  parsed.findings.some(({ field }) => field === name);
const within = (field: Field, value: number): number | undefined =>
  value >= field.min && value <= field.max ? value : undefined;

function faultOf(name: string, { kind, min, max }: Field): Finding {
  const base = { field: name, level: 'error' as const };
  if (kind === 'whole' || kind === 'decimal') return { ...base, key: 'out_of_range', params: { min, max } };
  if (kind === 'weeks') return { ...base, key: 'weeks', params: { min: weeksOf(min), max: weeksOf(max) } };
  if (kind === 'text' || kind === 'area') return { ...base, key: 'text', params: { max } };
  return { ...base, key: kind };
}
