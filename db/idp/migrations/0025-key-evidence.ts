import { type Kysely, sql } from 'kysely';

/**
 * A key waits for evidence that clients know it, until its deadline; operators are alarmed of what is overdue;
 * every replica tells which key set it works with.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table signing_key
  add column sign_earliest timestamptz,
  add column sign_deadline timestamptz,
  add column promoted_at timestamptz,
  -- clients that had not fetched it when it began to sign
  add column promoted_without text[],
  add column imported boolean not null default false,
  add constraint signing_key_waits check (sign_earliest <= sign_deadline and sign_earliest >= publish_from);

create table key_alarm (
  kind text not null,
  subject text not null,
  facts jsonb not null,
  raised_at timestamptz not null,
  ended_at timestamptz,
  primary key (kind, subject, raised_at)
);
create unique index key_alarm_open on key_alarm (kind, subject) where ended_at is null;

create unlogged table key_replica (
  replica text primary key,
  stamp text not null,
  seen_at timestamptz not null
);
`,
    )
    .execute(db);
}
