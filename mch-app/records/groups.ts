import { mergeFields } from './fields.ts';
import type { Field, Fields, Group, RecordKind, Values } from './types.ts';

/**
 * Rows of a record. A field of a row is called `<group>.<row>.<field>`, rows counted from 0, and is a field like any
 * other from there on; a row in which nothing was typed is none.
 */

export interface RowField {
  group: string;
  at: number;
  name: string;
}

export const rowField = (group: string, at: number, name: string): string => `${group}.${at}.${name}`;

/** @returns undefined for a field that stands in no row */
export function splitRowField(field: string): RowField | undefined {
  const [, group, at, name] = /^([^.]+)\.(\d+)\.([^.]+)$/.exec(field) ?? [];
  return group === undefined || name === undefined ? undefined : { group, at: Number(at), name };
}

const known = new WeakMap<object, Fields>();

/** Every field of a kind, those of its rows too. */
export function allFields(kind: Pick<RecordKind, 'parts' | 'groups'>): Fields {
  const before = known.get(kind);
  if (before) return before;
  const all = mergeFields([...kind.parts.map(({ fields }) => fields), ...kind.groups.map(fieldsOfRows)]);
  known.set(kind, all);
  return all;
}

/** The names people type in of a row. */
export const typedNames = ({ fields, preset }: Group): string[] =>
  Object.keys(fields).filter((name) => name !== preset && fields[name]?.derived === undefined);

/** Whether something was typed in a row. */
export function hasRow(group: Group, at: number, typed: Readonly<Record<string, unknown>>): boolean {
  return typedNames(group).some((name) => {
    const said = typed[rowField(group.name, at, name)];
    return said !== undefined && said !== null && said !== '' && !(Array.isArray(said) && said.length === 0);
  });
}

/** The rows of a group in which something stands, each with its values by their own names. */
export function rowsOf(group: Group, values: Values): Values[] {
  return positionsOf(group, values).map((at) => valuesOfRow(group, at, values));
}

/** The places of those rows. */
export function positionsOf(group: Group, values: Readonly<Record<string, unknown>>): number[] {
  return Array.from({ length: group.most }, (_, at) => at).filter((at) => hasRow(group, at, values));
}

export function valuesOfRow(group: Group, at: number, values: Values): Values {
  const names = Object.keys(group.fields);
  return Object.fromEntries(names.map((name) => [name, values[rowField(group.name, at, name)] ?? null]));
}

function fieldsOfRows(group: Group): Fields {
  const rows = Array.from({ length: group.most }, (_, at) =>
    Object.entries(group.fields).map(([name, of]): [string, Field] => [
      rowField(group.name, at, name),
      inRow(group, at, name, of),
    ]),
  );
  return Object.fromEntries(rows.flat());
}

function inRow(group: Group, at: number, name: string, of: Field): Field {
  const { derived, when } = of;
  const code = name === group.preset ? of.options[at] : undefined;
  return {
    ...of,
    when: when && { ...when, field: rowField(group.name, at, when.field) },
    derived:
      code !== undefined
        ? () => code
        : derived && ((values, subject) => derived(valuesOfRow(group, at, values), subject)),
  };
}
