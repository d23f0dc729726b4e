import { type Kysely, sql } from 'kysely';

/** The sealed answer of an interaction that has ended, kept for the half minute in which it may be asked for again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table oidc_interaction add column answer bytea`.execute(db);
}
