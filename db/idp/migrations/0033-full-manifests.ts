import { type Kysely, sql } from 'kysely';

/** Everything a manifest says; the column `manifest` keeps what an older release, which refuses the unknown, can read. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table subsystem add column full_manifest jsonb`.execute(db);
}
