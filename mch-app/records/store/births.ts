import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { Scope } from '../types.ts';

/**
 * THE condition on which children of the register an account reaches: those born in its unit, and for whoever answers
 * for a township or county those who were born or live there. `birth` is the register's alias.
 */
export function bornWithin(scope: Scope, birth = 'b'): RawBuilder<unknown> {
  const of = (column: string) => sql.ref(`${birth}.${column}`);
  const own = sql`${of('unit_code')} = ${scope.unitCode}`;
  const known = sql`${of('registered_at')} is not null`;
  switch (scope.kind) {
    case 'own':
      return sql`(${known} and ${own})`;
    case 'assigned':
      return sql`false`;
    case 'town':
      return sql`(${known} and (${own} or ${of('town')} = ${scope.town} or ${of('residence_town')} = ${scope.town}))`;
    case 'county':
      return sql`(${known} and (${own} or ${of('county')} = ${scope.county}
        or ${of('residence_county')} = ${scope.county}))`;
    case 'nation':
      return known;
  }
}

/** Whether a child of the register is within sight. */
export async function isBirthInSight(db: Db, scope: Scope, childId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from birth b where b.child_id = ${childId} and ${bornWithin(scope)}`.execute(db);
  return rows.length > 0;
}
