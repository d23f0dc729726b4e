import type { Db, Trx } from '#db/idp/tables.ts';
import type { EnrollmentStatus } from '../types.ts';

/** Lets applications of one status expire that were last touched before `since`. @returns their ids */
export async function expireIdle(
  trx: Trx,
  of: { status: EnrollmentStatus; since: Date; now: Date; limit: number },
): Promise<string[]> {
  const rows = await trx
    .updateTable('enrollment')
    .set({ status: 'expired', confirm_digest: null, updated_at: of.now })
    .where('id', 'in', (idle) =>
      idle
        .selectFrom('enrollment')
        .select('id')
        .where('status', '=', of.status)
        .where('updated_at', '<=', of.since)
        .orderBy('updated_at')
        .limit(of.limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

export async function deleteIdleDrafts(db: Db, since: Date): Promise<void> {
  await db.deleteFrom('enrollment').where('status', '=', 'draft').where('updated_at', '<=', since).execute();
}

/** Erases what applicants told from applications that ended before `before`, and their scans. */
export async function erasePersonal(db: Db, before: Date): Promise<void> {
  const ended = ['active', 'withdrawn', 'expired'] as const;
  await db.transaction().execute(async (trx) => {
    const rows = await trx
      .updateTable('enrollment')
      .set({ personal_sealed: null, applicant_name: '', password_hash: null, subsystems: '[]' })
      .where('status', 'in', ended)
      .where('updated_at', '<=', before)
      .where('personal_sealed', 'is not', null)
      .returning('id')
      .execute();
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => id);
    await trx.deleteFrom('upstream_proof').where('enrollment_id', 'in', ids).execute();
    await trx.deleteFrom('enrollment_scan').where('enrollment_id', 'in', ids).execute();
  });
}
