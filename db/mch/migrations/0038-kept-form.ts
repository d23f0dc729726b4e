import { type Kysely, sql } from 'kysely';

/** Whose sessions have ended, and the forms that were sent afterwards: kept a while for the same person and account. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table session_past (
  id_digest bytea primary key,
  iss text not null,
  sub text not null,
  account_id text not null,
  ended_at timestamptz not null
);
create index session_past_age on session_past (ended_at);

create table kept_form (
  iss text not null,
  sub text not null,
  account_id text not null,
  content_sealed bytea not null,
  expires_at timestamptz not null,
  primary key (iss, sub, account_id)
);
create index kept_form_expiry on kept_form (expires_at);
`,
    )
    .execute(db);
}
