import { type Kysely, sql } from 'kysely';

/** The filters that people of the console keep. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table saved_filter (
  account_id uuid not null references account on delete cascade,
  list text not null,
  name text not null,
  query text not null,
  created_at timestamptz not null default now(),
  primary key (account_id, list, name)
);
`,
    )
    .execute(db);
}
