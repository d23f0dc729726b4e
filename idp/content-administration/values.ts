import type { z } from 'zod';
import type { ContentFault, ContentField, RawDraft, Typed } from './types.ts';

const ZONE_HOURS = 8;
const HOUR_MS = 3_600_000;

/** The draft that was typed, for the schema to judge; empty fields are absent. */
export function draftOf(fields: ContentField[], typed: Typed): RawDraft {
  const draft: RawDraft = {};
  for (const field of fields) {
    const value = readValue(field, typed[field.path] ?? []);
    if (value !== undefined) put(draft, field.path.split('.'), value);
  }
  return draft;
}

/** What a form shows of a draft. */
export function typedOf(fields: ContentField[], draft: RawDraft): Typed {
  return Object.fromEntries(
    fields.map((field) => [field.path, showValue(field, take(draft, field.path.split('.')))]),
  );
}

/** What the schema found wrong, each at its field, in words of ours. */
export function faultsOf(fields: ContentField[], error: z.ZodError): ContentFault[] {
  const faults = error.issues.map((issue) => {
    const path = issue.path.join('.');
    const field = fields.find((known) => path === known.path || path.startsWith(`${known.path}.`));
    const near = field ?? fields.find((known) => known.path.startsWith(path));
    return { path: near?.path ?? fields[0]?.path ?? '', key: `console-content.fault-${faultName(issue)}` };
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

function readValue(field: ContentField, values: string[]): unknown {
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

function showValue(field: ContentField, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return field.kind === 'codes' ? [value.join(' ')] : value.map(String);
  if (field.kind === 'yes') return value === true ? ['yes'] : [];
  if (value instanceof Date) {
    return [new Date(value.getTime() + ZONE_HOURS * HOUR_MS).toISOString().slice(0, 16)];
  }
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

function put(target: RawDraft, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[name] = value;
  else put((target[name] ??= {}) as RawDraft, rest, value);
}

function take(source: unknown, path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (at as RawDraft | undefined)?.[name], source);
}
