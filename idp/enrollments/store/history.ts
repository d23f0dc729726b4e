import type { Db, Trx } from '#db/idp/tables.ts';
import type { EnrollmentEvent } from '../types.ts';

/** Remembers one turn in an application's life, for its applicant to read. */
export async function recordEvent(
  trx: Trx,
  event: { enrollmentId: string; at: Date; status: string; reason?: string; actorAccountId?: string },
): Promise<void> {
  await trx
    .insertInto('enrollment_event')
    .values({
      enrollment_id: event.enrollmentId,
      at: event.at,
      status: event.status,
      reason: event.reason ?? null,
      actor_account_id: event.actorAccountId ?? null,
    })
    .execute();
}

/** All its turns, newest first. */
export async function listEvents(db: Db, enrollmentId: string): Promise<EnrollmentEvent[]> {
  return db
    .selectFrom('enrollment_event')
    .select(['at', 'status', 'reason'])
    .where('enrollment_id', '=', enrollmentId)
    .orderBy('id', 'desc')
    .execute();
}
