import { type Kysely, sql } from 'kysely';

/** Sessions that the single entry ended: whoever comes back with one may still be signed in there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table session_ended_elsewhere (
  id_digest bytea primary key,
  ended_at timestamptz not null
);
create index session_ended_elsewhere_age on session_ended_elsewhere (ended_at);
`,
    )
    .execute(db);
}
