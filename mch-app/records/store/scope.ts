import { type Expression, type SqlBool, sql } from 'kysely';
import type { Scope } from '../types.ts';

/**
 * THE condition on whose records an account reaches; every query of a record has it. `record` is the envelope's
 * alias. What another unit is still writing is nobody's.
 */
export function withinScope(scope: Scope, record = 'r'): Expression<SqlBool> {
  const of = (column: string) => sql.ref(`${record}.${column}`);
  const own = sql`${of('unit_code')} = ${scope.unitCode}`;
  const given = sql`${of('assigned_unit_code')} = ${scope.unitCode}`;
  const sent = sql`${of('state')} <> 'draft'`;
  switch (scope.kind) {
    case 'own':
      return sql<SqlBool>`(${own} or (${given} and ${sent}))`;
    case 'assigned':
      return sql<SqlBool>`(${given} and ${sent})`;
    case 'town':
      return sql<SqlBool>`(${own} or ((${given} or ${of('town')} = ${scope.town}
        or ${of('residence_town')} = ${scope.town}) and ${sent}))`;
    case 'county':
      return sql<SqlBool>`(${own} or ((${given} or ${of('county')} = ${scope.county}
        or ${of('residence_county')} = ${scope.county}) and ${sent}))`;
    case 'nation':
      return sql<SqlBool>`(${own} or ${sent})`;
  }
}
