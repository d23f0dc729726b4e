import type { Db, Trx } from '#db/mch/tables.ts';
import {
  UNITS_OFFERED,
  findUnitNames,
  readUnitSearch,
  searchUnits,
  unitCodeOf,
  unitLine,
} from '../../units/index.ts';
import { allFields } from '../groups.ts';
import type { Finding, RecordKind, Values } from '../types.ts';

/** A field that takes a unit: the line of the unit it holds, or the lines that fit what was typed. */
export interface UnitChoice {
  line: string;
  isKnown: boolean;
  found: string[];
}

const unitFields = (kind: RecordKind): string[] =>
  Object.entries(allFields(kind))
    .filter(([, field]) => field.kind === 'unit')
    .map(([name]) => name);

/** Units that were named and that nobody knows. */
export async function unknownUnits(db: Db | Trx, kind: RecordKind, values: Values): Promise<Finding[]> {
  const named = unitFields(kind).flatMap((field) => {
    const code = values[field];
    return typeof code === 'string' ? [{ field, code }] : [];
  });
  const known = await findUnitNames(
    db,
    named.map(({ code }) => code),
  );
  return named
    .filter(({ code }) => !known.has(code))
    .map(({ field }) => ({ field, level: 'error', key: 'unit' }));
}

/** What a form shows in its fields for units, given what is typed there. */
export async function unitChoices(
  db: Db,
  kind: RecordKind,
  typed: Readonly<Record<string, string | string[]>>,
): Promise<ReadonlyMap<string, UnitChoice>> {
  const said = unitFields(kind).map((field) => ({ field, text: [typed[field] ?? ''].flat()[0] ?? '' }));
  const names = await findUnitNames(
    db,
    said.flatMap(({ text }) => unitCodeOf(text) ?? []),
  );
  const choices = said.map(async ({ field, text }): Promise<[string, UnitChoice]> => {
    const code = unitCodeOf(text) ?? '';
    const name = names.get(code);
    if (name !== undefined) return [field, { line: unitLine(code, name), isKnown: true, found: [] }];
    const found = await searchUnits(db, readUnitSearch(text), UNITS_OFFERED);
    return [
      field,
      { line: text, isKnown: false, found: found.map((unit) => unitLine(unit.code, unit.name)) },
    ];
  });
  return new Map(await Promise.all(choices));
}
