import { type Kysely, sql } from 'kysely';

/** What people ask to have changed in submitted records and in their own data, and each reviewer's word on it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table change_request (
  no bigint generated always as identity primary key,
  category text not null check (category in ('other', 'account', 'child_referral', 'child_diagnosis', 'tracking', 'tracking_approval')),
  record_id uuid references record,
  account_id text not null,
  sub text not null,
  person_name text not null,
  unit_code text not null,
  unit_name text not null,
  county text not null,
  phone text not null check (length(phone) between 6 and 30),
  email text not null check (length(email) between 3 and 254),
  content text not null check (length(content) between 1 and 1000),
  step integer not null default 0,
  result text check (result in ('allowed', 'refused', 'returned', 'withdrawn')),
  created_at timestamptz not null,
  closed_at timestamptz,
  check ((result is null) = (closed_at is null))
);
create index change_request_own on change_request (account_id, no);
create index change_request_open on change_request (no) where closed_at is null;
create index change_request_record on change_request (record_id) where record_id is not null;

create table change_request_step (
  request_no bigint not null references change_request on delete cascade,
  position integer not null,
  reviewer text not null check (reviewer in ('unit_manager', 'health_bureau', 'hpa', 'maintenance')),
  decision text check (decision in ('allowed', 'refused', 'returned')),
  reason text not null default '',
  by_account text,
  by_name text,
  by_unit_name text,
  at timestamptz,
  primary key (request_no, position),
  check ((decision is null) = (at is null))
);
create index change_request_step_waiting on change_request_step (reviewer, request_no) where decision is null;
`,
    )
    .execute(db);
}
