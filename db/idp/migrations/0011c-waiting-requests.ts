import { type Kysely, sql } from 'kysely';

/** Requests that wait, oldest first: a reviewer's page of them without looking at all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index subsystem_request_oldest on subsystem_request (created_at, id)
    where status = 'submitted'`.execute(db);
}
