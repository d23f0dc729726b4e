import { type Kysely, sql } from 'kysely';

/** Messages of an account, whom it is reminded by mail of what waits, and what the single entry was told of that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table inbox_message (
  id bigint generated always as identity primary key,
  dedupe_key text not null unique,
  account_id text not null,
  subject text not null,
  subject_en text not null,
  body text not null,
  body_en text not null,
  path text not null,
  received_at timestamptz not null,
  read_at timestamptz
);
create index inbox_message_account on inbox_message (account_id, id);
create index inbox_message_unread on inbox_message (account_id) where read_at is null;
create index inbox_message_received on inbox_message (received_at);

-- An account as it was when somebody last signed in with it.
create table known_account (
  account_id text primary key,
  sub text not null,
  unit_code text not null,
  unit_name text not null,
  unit_kind text not null,
  unit_county text not null,
  unit_town text not null,
  role text not null,
  duty text not null,
  menu_roles text[] not null,
  seen_at timestamptz not null,
  digested_on date,
  count_due_at timestamptz,
  told text not null default '',
  told_at timestamptz
);
create index known_account_count_due on known_account (count_due_at) where count_due_at is not null;

create table mail_opt_in (
  account_id text not null,
  menu_role text not null,
  opted_at timestamptz not null,
  primary key (account_id, menu_role)
);

-- A message that goes out as a reminder by mail: what waits, in the order of the list.
alter table inbox_notice add column reminder jsonb;
create index inbox_notice_reminder on inbox_notice (account_id, id) where reminder is not null;
`,
    )
    .execute(db);
}
