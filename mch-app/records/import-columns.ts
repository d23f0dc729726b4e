import { Form } from '#kit/http/form.ts';
import type { Locale } from '#kit/http/locale.ts';
import { COUNTIES } from '#kit/taiwan/divisions.ts';
import { IDENTITY_FIELDS } from './identity.ts';
import type { Labels } from './labels.ts';
import type { Field, RecordKind } from './types.ts';
import { WHO } from './who.ts';
import { whole } from './fields.ts';

/** A column of a file of records: a field of the form, or (`parent`) the number of the record it belongs to. */
export interface ImportColumn {
  name: string;
  field: Field;
}

/** What a file of this kind may say: whom a record is about, then its fields, those of rows excepted. */
export function importColumns(kind: RecordKind): ImportColumn[] {
  const who: ImportColumn[] =
    kind.subject === 'parent'
      ? [{ name: 'parent', field: { ...whole(1, 999_999_999), required: true } }]
      : IDENTITY_FIELDS[kind.subject].map((name) => ({ name, field: WHO[name] }));
  const own = kind.parts
    .flatMap(({ fields }) => Object.entries(fields))
    .filter(([, field]) => !field.derived && !field.given)
    .map(([name, field]) => ({ name, field }));
  return [...who, ...own];
}

export const headingOf = (labels: Labels, locale: Locale, name: string): string =>
  labels.text(locale, name === 'parent' ? 'record' : name);

/**
 * Which column stands where, by headings in either language or by the fields' own names.
 * @returns the columns by place, undefined for one that nobody knows, and the needed ones that are missing
 */
export function readHeadings(
  kind: RecordKind,
  labels: Labels,
  heading: readonly string[],
): { columns: (ImportColumn | undefined)[]; missing: ImportColumn[] } {
  const all = importColumns(kind);
  const known = new Map<string, ImportColumn>();
  for (const column of all) {
    for (const text of [column.name, ...inBoth(labels, column.name)]) known.set(plain(text), column);
  }
  const columns = heading.map((text) => known.get(plain(text)));
  const own = (name: string): boolean => name === 'parent' || kind.parts.some(({ fields }) => fields[name]);
  const missing = all.filter(
    (column) => column.field.required && !column.field.when && own(column.name) && !columns.includes(column),
  );
  return { columns, missing };
}

const plain = (text: string): string => text.normalize('NFKC').replaceAll(/[\s*]/gu, '').toLowerCase();
const inBoth = (labels: Labels, name: string): string[] =>
  (['zh-TW', 'en'] as const).map((locale) => headingOf(labels, locale, name));

/** A row as the form would send it: choices may be written as their codes or in words, days in the ways people write them. */
export function formOfRow(
  columns: readonly (ImportColumn | undefined)[],
  cells: readonly string[],
  labels: Labels,
): Form {
  const typed = new URLSearchParams();
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? '';
    if (!column || cell === '') continue;
    for (const value of typedAs(column, cell, labels)) typed.append(column.name, value);
  }
  return new Form(typed);
}

function typedAs({ name, field }: ImportColumn, cell: string, labels: Labels): string[] {
  switch (field.kind) {
    case 'choice':
      return [codeOf(name, field.options, cell, labels)];
    case 'flags':
      return cell
        .split(/[、,，;；|]/u)
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => codeOf(name, field.options, part, labels));
    case 'yes-no':
      return [YES_NO[cell.toLowerCase()] ?? codeOf('yes-no', ['yes', 'no'], cell, labels)];
    case 'day':
      return [dayOf(cell)];
    case 'moment': {
      const [, day = '', time] = /^(\S+)[ T](\d\d?:\d\d)/.exec(cell) ?? [];
      return [time === undefined ? cell : `${dayOf(day)} ${time.padStart(5, '0')}`];
    }
    case 'town':
      return [TOWNS.get(cell.replaceAll(BIG, SMALL)) ?? cell];
    default:
      return [cell];
  }
}

const YES_NO: Readonly<Record<string, string>> = {
  y: 'yes',
  n: 'no',
  '1': 'yes',
  '0': 'no',
  true: 'yes',
  false: 'no',
};

function codeOf(name: string, options: readonly string[], text: string, labels: Labels): string {
  const isSame = (label: string): boolean => plain(label) === plain(text);
  return options.find((code) => code === text || inBoth(labels, `${name}.${code}`).some(isSame)) ?? text;
}

/** `2026/1/2`, `115/01/02` of the Republic and `2026-01-02` alike. */
function dayOf(text: string): string {
  const [, year, month = '', day = ''] = /^(\d{2,4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text) ?? [];
  if (year === undefined) return text;
  const full = year.length === 4 ? Number(year) : Number(year) + 1911;
  return `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The two ways people write the same character in names of places. */
const BIG = '\u81fa';
const SMALL = '\u53f0';

/** Townships by their whole name, the county first. */
const TOWNS = new Map(
  COUNTIES.flatMap((county) =>
    county.towns.map((town) => [(county.name + town.name).replaceAll(BIG, SMALL), town.code]),
  ),
);

/** What may be written in the columns that take codes: column, code, meaning. */
export function allowedCodes(kind: RecordKind, labels: Labels, locale: Locale): string[][] {
  const columns = importColumns(kind);
  const named = columns.flatMap(({ name, field }) => {
    const heading = headingOf(labels, locale, name);
    if (field.kind === 'yes-no') {
      return ['yes', 'no'].map((code) => [heading, code, labels.text(locale, `yes-no.${code}`)]);
    }
    return field.options.map((code) => [heading, code, labels.text(locale, `${name}.${code}`)]);
  });
  const towns = columns.some(({ field }) => field.kind === 'town')
    ? COUNTIES.flatMap((county) =>
        county.towns.map((town) => [
          labels.text(locale, 'township'),
          town.code,
          locale === 'en' ? `${town.nameEn}, ${county.nameEn}` : county.name + town.name,
        ]),
      )
    : [];
  return [...named, ...towns];
}
