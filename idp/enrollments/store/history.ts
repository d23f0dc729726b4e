import type { Db, Trx } from '#db/idp/tables.ts';
import type { EnrollmentEvent } from '../types.ts';

/** Remembers one turn in an application's life, for its applicant to read. */
export async function recordEvent(
  trx: Trx,
  event: {
    enrollmentId: string;
    at: Date;
    status: string;
    reason?: string;
    actorAccountId?: string;
    onBehalfOf?: string;
  },
): Promise<void> {
  await trx
    .insertInto('enrollment_event')
    .values({
      enrollment_id: event.enrollmentId,
      at: event.at,
      status: event.status,
      reason: event.reason ?? null,
      actor_account_id: event.actorAccountId ?? null,
      on_behalf_of_account_id: event.onBehalfOf ?? null,
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

/** All its turns with who made them, newest first, as reviewers may read them. */
export async function listTurns(
  db: Db,
  enrollmentId: string,
): Promise<(EnrollmentEvent & { who: string | null; onBehalfOf: string | null })[]> {
  return db
    .selectFrom('enrollment_event as e')
    .leftJoin('account as a', 'a.id', 'e.actor_account_id')
    .leftJoin('account as b', 'b.id', 'e.on_behalf_of_account_id')
    .select(['e.at', 'e.status', 'e.reason', 'a.name as who', 'b.name as onBehalfOf'])
    .where('e.enrollment_id', '=', enrollmentId)
    .orderBy('e.id', 'desc')
    .execute();
}
