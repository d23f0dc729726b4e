import { type Kysely, sql } from 'kysely';

/** A federation key may wait for our superiors, and a revoked one for a second person as every key does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table federation_key add column awaits_superiors boolean not null default false`.execute(
    db,
  );
  await sql`alter table key_revocation drop constraint key_revocation_kid_fkey`.execute(db);
}
