import { type Kysely, sql } from 'kysely';

/** Why an import ended before its file was done, where somebody can be told: the right to it is over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table record_import add column ended_because text`.execute(db);
}
