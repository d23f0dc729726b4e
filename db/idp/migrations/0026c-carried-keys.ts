import { type Kysely, sql } from 'kysely';

/** What master keys that are gone are still needed for, each under the master key of today. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table carried_key (
  -- the purpose and the old master key's id
  id text primary key,
  purpose text not null,
  secret_sealed bytea not null,
  created_at timestamptz not null default now()
);
`,
    )
    .execute(db);
}
