import { type Kysely, sql } from 'kysely';

/** A draft takes nobody's place: only what is sent counts once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`update record set unique_key = null where state = 'draft' and unique_key is not null`.execute(db);
}
