import { type Kysely, sql } from 'kysely';

/** What an account meets while it lives: messages, idle suspension, and requests about one's personal data. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Without a subsystem it is the single entry's own. English is '' where its sender wrote none.
create table message (
  id bigint generated always as identity primary key,
  account_id uuid not null references account,
  subsystem_code text references subsystem,
  sender_zh text not null,
  sender_en text not null,
  subject_zh text not null,
  subject_en text not null,
  body_zh text not null,
  body_en text not null,
  link text,
  dedupe_key text not null,
  received_at timestamptz not null default now(),
  read_at timestamptz,
  unique nulls not distinct (account_id, subsystem_code, dedupe_key)
);
create index message_of_account on message (account_id, id);
create index message_unread on message (account_id) where read_at is null;

-- Since when it has this status, and for a suspended one why.
alter table subsystem_account
  add column status_changed_at timestamptz,
  add column suspended_because text
    check (suspended_because in ('idle', 'repeated_lock', 'yearly_review', 'manager'));

-- Each warning of one idle spell, so that it is given once.
create table idle_notice (
  subsystem_account_id text not null references subsystem_account on delete cascade,
  idle_since timestamptz not null,
  days_left integer not null,
  sent_at timestamptz not null default now(),
  primary key (subsystem_account_id, idle_since, days_left)
);

create table data_request (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references account,
  kind text not null check (kind in ('access', 'correct', 'stop', 'delete')),
  wish text not null,
  status text not null default 'open' check (status in ('open', 'granted', 'refused', 'withdrawn')),
  requested_at timestamptz not null default now(),
  due_at timestamptz not null,
  extended_because text,
  ended_at timestamptz,
  refusal_ground text
    check (refusal_ground in ('national_interest', 'official_duty', 'major_interest', 'other_law')),
  note text not null default '',
  check ((status = 'open') = (ended_at is null)),
  check ((status = 'refused') = (refusal_ground is not null))
);
create index data_request_of_account on data_request (account_id, requested_at);
create index data_request_due on data_request (due_at) where status = 'open';
-- one of a kind at a time
create unique index data_request_open on data_request (account_id, kind) where status = 'open';
`,
    )
    .execute(db);
}
