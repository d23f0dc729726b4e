import { type Kysely, sql } from 'kysely';

/** What subsystems tell the directory: work that waits at their accounts, who signed in there, and answers to repeat. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table todo_count (
  subsystem_account_id text not null references subsystem_account on delete cascade,
  key text not null check (key ~ '^[a-z0-9][a-z0-9_.-]{0,59}$'),
  label text not null,
  label_en text not null default '',
  count integer not null check (count >= 0),
  url text,
  updated_at timestamptz not null default now(),
  primary key (subsystem_account_id, key)
);

create table subsystem_sign_in (
  id bigint generated always as identity primary key,
  subsystem_code text not null references subsystem,
  subsystem_account_id text not null,
  unit_code text not null,
  type text not null check (type in ('signed_in', 'signed_out', 'refused')),
  at timestamptz not null,
  reason text not null default '',
  ip text not null default '',
  dedupe_key text not null,
  unique (subsystem_code, dedupe_key)
);
create index subsystem_sign_in_unit on subsystem_sign_in (subsystem_code, unit_code, at desc, id desc);
create index subsystem_sign_in_newest on subsystem_sign_in (subsystem_code, at desc, id desc);

create table api_answer (
  client_id text not null,
  key text not null,
  fingerprint bytea not null,
  status smallint not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (client_id, key)
);
create index api_answer_age on api_answer (created_at);
`,
    )
    .execute(db);
}
