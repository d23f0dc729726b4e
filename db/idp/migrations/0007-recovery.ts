import { type Kysely, sql } from 'kysely';

/** Requests for a new password, and whose browser proved the second factor of one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- What somebody typed who forgot their password, sealed, until a worker has looked at it. The page does the same
-- for every name; only the worker knows whether there is one.
create table password_reset_request (
  id bigint generated always as identity primary key,
  content_sealed bytea not null,
  locale text not null check (locale in ('zh-TW', 'en')),
  requested_at timestamptz not null,
  ip text not null,
  user_agent text not null,
  request_id text not null
);
create function announce_password_reset_request() returns trigger language plpgsql as $$
begin
  perform pg_notify('password_reset_request', '');
  return null;
end $$;
create trigger password_reset_request_announced after insert on password_reset_request
  for each statement execute function announce_password_reset_request();

alter table password_reset drop column second_factor_at;
alter table password_reset add column browser_digest bytea;
alter table password_reset add column proven_until timestamptz;
`,
    )
    .execute(db);
}
