import { type Kysely, sql } from 'kysely';

/** Who was signed in here as which account, from when to when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table sign_in_log (
  id bigint generated always as identity primary key,
  session_digest bytea,
  how text not null check (how in ('sign_in', 'switch')),
  sub text not null,
  person_name text not null,
  account_id text not null,
  unit_code text not null,
  unit_name text not null,
  ip text not null,
  signed_in_at timestamptz not null,
  signed_out_at timestamptz,
  end_reason text,
  check ((signed_out_at is null) = (end_reason is null)),
  check ((signed_out_at is null) = (session_digest is not null))
);
create unique index sign_in_log_session on sign_in_log (session_digest) where session_digest is not null;
create index sign_in_log_at on sign_in_log (signed_in_at, id);
create index sign_in_log_unit on sign_in_log (unit_code, signed_in_at, id);
`,
    )
    .execute(db);
}
