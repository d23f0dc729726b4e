import { type Kysely, sql } from 'kysely';

/** The outbox of mails, and links to choose a new password. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- A mail is written with the deed it tells of and sent afterwards. Who gets it and what it says is sealed, and
-- removed once it is sent; the dedupe key stays, so that one event never becomes two mails.
create table mail_message (
  id bigint generated always as identity primary key,
  kind text not null,
  dedupe_key text not null unique,
  account_id uuid,
  recipient_digest bytea not null,
  content_sealed bytea,
  locale text not null check (locale in ('zh-TW', 'en')),
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  sent_at timestamptz,
  dead_at timestamptz,
  last_error text
);
create index mail_message_due on mail_message (next_attempt_at) where sent_at is null and dead_at is null;
create index mail_message_recipient on mail_message (recipient_digest, created_at);
create index mail_message_age on mail_message (created_at);

create function announce_mail_message() returns trigger language plpgsql as $$
begin
  perform pg_notify('mail_message', '');
  return null;
end $$;
create trigger mail_message_announced after insert on mail_message
  for each statement execute function announce_mail_message();

-- A link mailed to choose a new password. Only the newest of an account opens; using it, asking for another, and
-- every change of the password void it.
create table password_reset (
  token_digest bytea primary key,
  account_id uuid not null references account on delete cascade,
  requested_at timestamptz not null default now(),
  expires_at timestamptz not null,
  second_factor_at timestamptz,
  ended_at timestamptz,
  ended_by text check (ended_by in ('used', 'superseded', 'password_changed'))
);
create index password_reset_account on password_reset (account_id, requested_at);
create unique index password_reset_open on password_reset (account_id) where ended_at is null;
create index password_reset_age on password_reset (requested_at);
`,
    )
    .execute(db);
}
