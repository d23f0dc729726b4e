import { type RawBuilder, sql } from 'kysely';
import type { RecordKind, Scope } from '../types.ts';
import { waysIn, withinScope } from './scope.ts';

/**
 * Where few records or people are meant they are looked up and sorted; where many are, a page is soon full walking in
 * the list's order. Which it is nobody knows before: a statement has both, and the first rows decide which one runs.
 */
const FEW = { records: 5000, people: 1000 };
const GRAM = 3;

/** Said in the statement itself: kinds differ so much in number that a plan for any would be wrong for most. */
export const isOf = (kind: RecordKind): RawBuilder<unknown> => sql`r.kind = ${sql.lit(kind.key)}`;

/** What stands before a statement. */
export const prepared = (parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  parts.length === 0 ? sql`` : sql`with ${sql.join(parts)}`;

/** `few`: the numbers of a kind's records in sight; `how_many` says whether there are more than a few. */
export function fewOf(kind: RecordKind, scope: Scope): RawBuilder<unknown> {
  const found = waysIn(scope).map(
    (way) => sql`(select r.no from record r where ${isOf(kind)} and ${way}
      order by r.service_on, r.no limit ${sql.lit(FEW.records + 1)})`,
  );
  return sql`few as materialized (${sql.join(found, sql` union `)}),
    how_many as materialized (select count(*) > ${sql.lit(FEW.records)} as many from few)`;
}

/** Both ways to the records in sight. */
export const fewOrMany = (scope: Scope): RawBuilder<unknown>[] => [
  sql`not (select many from how_many) and r.no in (select no from few)`,
  sql`(select many from how_many) and ${withinScope(scope)}`,
];

/** `named`: people whose name has these letters; `how_named` says whether they are more than a few. */
export function namedOf(person: string): RawBuilder<unknown> {
  // the index of names knows three letters in a row; for fewer it would be read whole
  const hasLetters =
    Array.from(person).length < GRAM
      ? sql`strpos(name, ${person}) > 0`
      : sql`name like ${`%${person.replaceAll(/[\\%_]/g, '\\$&')}%`}`;
  return sql`named as materialized (select id from patient where ${hasLetters} limit ${sql.lit(FEW.people + 1)}),
    how_named as materialized (select count(*) > ${sql.lit(FEW.people)} as many from named)`;
}

/** The same ways, each to records of people of that name, where `known` holds: it may be shown. */
export function byName(
  ways: readonly RawBuilder<unknown>[],
  person: string | undefined,
  known: RawBuilder<unknown>,
): readonly RawBuilder<unknown>[] {
  if (person === undefined) return ways;
  return ways.flatMap((way) => [
    sql`${way} and not (select many from how_named) and r.patient_id in (select id from named) and ${known}`,
    sql`${way} and (select many from how_named) and strpos(p.name, ${person}) > 0 and ${known}`,
  ]);
}
