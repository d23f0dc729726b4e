import { sql } from 'kysely';
import type { Db } from '#db/idp/tables.ts';
import type { AccessRequest, Reviewer } from '../types.ts';
import { waitingFor } from './reviewable.ts';

/** The requests before and after this one among those that wait for the reviewer, oldest first. */
export async function findNeighbours(
  db: Db,
  reviewer: Reviewer,
  { id, createdAt }: Pick<AccessRequest, 'id' | 'createdAt'>,
): Promise<{ previous?: string; next?: string }> {
  const waiting = await waitingFor(db, reviewer);
  const here = sql`(${createdAt}::timestamptz, ${id}::uuid)`;
  const { rows } = await sql<{ previous: string | null; next: string | null }>`
    select
      (select r.id ${waiting} and (r.created_at, r.id) < ${here}
        order by r.created_at desc, r.id desc limit 1) as previous,
      (select r.id ${waiting} and (r.created_at, r.id) > ${here}
        order by r.created_at, r.id limit 1) as next`.execute(db);
  const { previous, next } = rows[0] ?? { previous: null, next: null };
  return { ...(previous !== null && { previous }), ...(next !== null && { next }) };
}
