import { type Kysely, sql } from 'kysely';

/** Messages on their way to people's inboxes at the single entry. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table inbox_notice (
  id bigint generated always as identity primary key,
  dedupe_key text not null unique,
  account_id text not null,
  subject text not null,
  subject_en text not null,
  body text not null,
  body_en text not null,
  link text not null,
  created_at timestamptz not null,
  due_at timestamptz,
  attempts integer not null default 0,
  outcome text check (outcome in ('sent', 'refused', 'given_up')),
  ended_at timestamptz,
  check ((outcome is null) = (due_at is not null)),
  check ((outcome is null) = (ended_at is null))
);
create index inbox_notice_due on inbox_notice (due_at) where due_at is not null;
create index inbox_notice_ended on inbox_notice (ended_at);
`,
    )
    .execute(db);
}
