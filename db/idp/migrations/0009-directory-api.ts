import { type Kysely, sql } from 'kysely';

/** How often each client called the directory API in each minute. Lost in a crash, which harms nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create unlogged table api_call_count (
  client_id text not null,
  minute timestamptz not null,
  calls integer not null,
  primary key (client_id, minute)
);
`,
    )
    .execute(db);
}
