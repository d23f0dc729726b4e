import { type Kysely, sql } from 'kysely';

/** Each sign-in changes a row here: with room beside it, it stays in its page and no index hears of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table account set (fillfactor = 85)`.execute(db);
}
