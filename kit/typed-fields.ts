import type { z } from 'zod';
import { taipeiMinute } from './clock.ts';

/** Forms of written content: what is typed into their fields, and the nested draft a schema takes. */

/** What a form field takes; `path` is where its value stands in the draft, e.g. `title.en`. */
export interface TypedField {
  path: string;
  kind: 'line' | 'text' | 'moment' | 'day' | 'time' | 'number' | 'yes' | 'choice' | 'choices' | 'codes';
}

/** What is typed, by the field's path; a field that is not sent has no values. */
export type Typed = Record<string, string[]>;

/** A draft as JSON has it: nested by the fields' paths. */
export type RawDraft = Record<string, unknown>;

export interface FieldFault {
  path: string;
  /** `missing`, `long`, `order`, `address`, `either` or `format`. */
  fault: string;
}

/** The draft that was typed, for the schema to judge; empty fields are absent. */
export function draftOf(fields: readonly TypedField[], typed: Typed): RawDraft {
  const draft: RawDraft = {};
  for (const field of fields) {
    const value = readValue(field, typed[field.path] ?? []);
    if (value !== undefined) put(draft, field.path.split('.'), value);
  }
  return draft;
}

/** What a form shows of a draft. */
export function typedOf(fields: readonly TypedField[], draft: RawDraft): Typed {
  return Object.fromEntries(
    fields.map((field) => [field.path, showValue(field, take(draft, field.path.split('.')))]),
  );
}

/** What the schema found wrong, once at each field. */
export function faultsOf(fields: readonly TypedField[], error: z.ZodError): FieldFault[] {
  const faults = error.issues.map((issue) => {
    const path = issue.path.join('.');
    const field = fields.find((known) => path === known.path || path.startsWith(`${known.path}.`));
    const near = field ?? fields.find((known) => known.path.startsWith(path));
    return { path: near?.path ?? fields[0]?.path ?? '', fault: faultName(issue) };
  });
  return faults.filter(({ path }, at) => faults.findIndex((other) => other.path === path) === at);
}

function faultName(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') return 'long';
  if (issue.code === 'too_small') return 'missing';
  if (issue.code === 'invalid_type') return 'missing';
  if (issue.code === 'custom' && issue.message.startsWith('must be later')) return 'order';
  if (issue.code === 'custom' && issue.message.startsWith('must be')) return 'address';
  if (issue.code === 'custom' && issue.message.startsWith('say either')) return 'either';
  return 'format';
}

function readValue(field: TypedField, values: string[]): unknown {
  const text = (values[0] ?? '').replaceAll('\r\n', '\n').trim();
  switch (field.kind) {
    case 'yes':
      return text === 'yes';
    case 'choices':
      return values;
    case 'codes':
      return text.split(/[\s,]+/u).filter((code) => code !== '');
    case 'number':
      return text === '' ? undefined : Number(text);
    case 'moment':
      return text === '' ? undefined : `${text.length === 16 ? `${text}:00` : text}+08:00`;
    default:
      return text === '' ? undefined : text;
  }
}

function showValue(field: TypedField, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return field.kind === 'codes' ? [value.join(' ')] : value.map(String);
  if (field.kind === 'yes') return value === true ? ['yes'] : [];
  if (value instanceof Date) return [taipeiMinute(value)];
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

function put(target: RawDraft, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[name] = value;
  else put((target[name] ??= {}) as RawDraft, rest, value);
}

function take(source: unknown, path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (at as RawDraft | undefined)?.[name], source);
}
