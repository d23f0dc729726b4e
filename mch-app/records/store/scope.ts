import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Scope } from '../types.ts';

/**
 * THE condition on whose records an account reaches; every query of a record has it. `record` is the envelope's
 * alias. What another unit is still writing is nobody's.
 */
export function withinScope(scope: Scope, record = 'r'): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(waysIn(scope, record), sql` or `)})`;
}

/**
 * Why a record is in sight: it is of the own unit, leads to it, or lies in the place the unit answers for. A record may
 * be in sight in several ways. An index finds those of one way in the order of a list; one condition on all of them
 * leaves a database only to walk past everybody's records.
 */
export function waysIn(scope: Scope, record = 'r'): RawBuilder<unknown>[] {
  const of = (column: string) => sql.ref(`${record}.${column}`);
  const sent = sql`${of('state')} <> 'draft'`;
  const own = sql`${of('unit_code')} = ${scope.unitCode}`;
  const given = sql`(${of('assigned_unit_code')} = ${scope.unitCode} and ${sent})`;
  const there = (column: string, place: string) => sql`(${of(column)} = ${place} and ${sent})`;
  // most people are served in the county they live in and are in sight already: an index has the others alone
  const elsewhere = sql`${of('residence_county')} <> ${of('county')} and ${of('residence_county')} <> ''`;
  switch (scope.kind) {
    case 'own':
      return [own, given];
    case 'assigned':
      return [given];
    case 'town':
      return [own, given, there('town', scope.town), there('residence_town', scope.town)];
    case 'county':
      return [
        own,
        given,
        there('county', scope.county),
        sql`(${there('residence_county', scope.county)} and ${elsewhere})`,
      ];
    case 'nation':
      return [sql`(${own} or ${sent})`];
  }
}
