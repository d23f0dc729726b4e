import { type Kysely, sql } from 'kysely';

/** What belongs to an old row goes with it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, column, parent] of [
    ['enrollment_card', 'enrollment_id', 'enrollment'],
    ['alert_answer', 'alert_id', 'alert'],
    ['account_review_reminder', 'period', 'account_review'],
  ] as const) {
    const name = `${table}_${column}_fkey`;
    await sql
      .raw(
        `alter table ${table} drop constraint ${name},
           add constraint ${name} foreign key (${column}) references ${parent} on delete cascade`,
      )
      .execute(db);
  }
}

export const indexes = {
  account_review_closed: 'account_review (closed_at)',
  audit_verification_ended: 'audit_verification (ended_at)',
  data_request_ended: 'data_request (ended_at)',
  key_replica_seen: 'key_replica (seen_at)',
  idle_notice_sent: 'idle_notice (sent_at)',
  message_received: 'message (received_at)',
  readiness_run_ended: 'readiness_run (ended_at)',
  subsystem_request_updated: 'subsystem_request (updated_at)',
  subsystem_sign_in_at: 'subsystem_sign_in (at)',
};
