import { type Kysely, sql } from 'kysely';

/** Sessions are found by the session at the provider that they came by: it says when that is over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index upstream_session_sid on upstream_session (sid) where sid is not null`.execute(db);
}
