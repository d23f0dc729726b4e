import type { Db } from '#db/idp/tables.ts';

/** Since when it is the reviewers' turn, and what was done about their waiting. */
export async function findMarks(
  db: Db,
  id: string,
): Promise<{ waitingSince: Date; remindedAt: Date | null; escalatedAt: Date | null }> {
  const row = await db
    .selectFrom('enrollment')
    .select(['waiting_since', 'updated_at', 'reminded_at', 'escalated_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return {
    waitingSince: row.waiting_since ?? row.updated_at,
    remindedAt: row.reminded_at,
    escalatedAt: row.escalated_at,
  };
}
