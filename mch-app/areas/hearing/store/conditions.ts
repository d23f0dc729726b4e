import { type RawBuilder, sql } from 'kysely';
import type { RecordKind } from '../../../records/index.ts';

/** A screening of the child whose id is `child` that was handed in. */
export const screenedBy = (child: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`exists (select 1 from record screening where screening.patient_id = ${child}
    and screening.kind = 'hearing-screening' and screening.state <> 'draft')`;

/** A child with hearing loss whose device and training nobody follows. */
export function withLossUntracked(): RawBuilder<unknown> {
  return sql`(part_own.right <> 'normal' or part_own.left <> 'normal') and not exists (select 1 from record tracking
    where tracking.parent_id = r.id and tracking.kind = 'hearing-tracking' and tracking.state <> 'draft')`;
}

/** Whether the screening a diagnosis belongs to was referred to the unit that enters it. */
export const isReferredHere: NonNullable<RecordKind['asks']> = (_values, { actor, parentId }) =>
  sql`select assigned_unit_code = ${actor.unit.code} as is_here from record where id = ${parentId ?? null}`;
