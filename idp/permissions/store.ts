import { type Expression, type SqlBool, sql } from 'kysely';
import type { Reach } from './types.ts';

/**
 * Rows within reach, as a condition: `unit` names the column of the unit's code, `subsystem` that of the
 * subsystem's where rows have one. Nothing is in reach of an empty one.
 */
export function whereInReach(reach: Reach, unit: string, subsystem?: string): Expression<SqlBool> {
  if (reach.nation) return sql<SqlBool>`true`;
  const whole = sql<SqlBool>`${sql.ref(unit)} = any(${reach.unitCodes})`;
  if (subsystem === undefined || reach.managed.length === 0) return whole;
  const pairs = sql<SqlBool>`(${sql.ref(subsystem)}, ${sql.ref(unit)}) in (
    select * from unnest(${reach.managed.map((pair) => pair.subsystemCode)}::text[],
                         ${reach.managed.map((pair) => pair.unitCode)}::text[]))`;
  return sql<SqlBool>`(${whole} or ${pairs})`;
}
