import { type Kysely, sql } from 'kysely';

/** Who really sits there, when the single entry says that somebody acts for the person (RFC 8693 `act`). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table rp_session add column act jsonb`.execute(db);
  await sql`alter table audit_event add column act_sub text`.execute(db);
}
