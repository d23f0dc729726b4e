import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Scope } from '../types.ts';
import { withinScope } from './scope.ts';

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

/**
 * Whether a child may be found by its birth alone: one without a number, one of the register within sight, or one of
 * a record within sight. Whoever else would learn its number by it.
 */
export async function mayFindByBirth(trx: Trx, scope: Scope, childId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from patient p where p.id = ${childId} and (p.id_type = 'none'
      or exists (select 1 from birth b where b.child_id = p.id and ${bornWithin(scope)})
      or exists (select 1 from record r where r.patient_id = p.id and r.state <> 'draft'
        and ${withinScope(scope)}))`.execute(trx);
  return rows.length > 0;
}
