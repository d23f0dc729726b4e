import { type Kysely, sql } from 'kysely';

/** Applications for an account, what became of them, their scanned forms, and the subsystem accounts asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Numbers below were given out before there was a sequence.
create sequence account_person_no start 10000001 maxvalue 99999999;

create table enrollment (
  id uuid primary key,
  status text not null check (status in ('draft', 'unconfirmed', 'pending_unit_review', 'pending_paper', 'active',
    'returned', 'withdrawn', 'expired')),
  unit_code text references unit,
  role text check (role in ('user', 'unit_manager')),
  login_name text check (login_name = lower(login_name)),
  password_hash text,
  national_id_index bytea,
  -- everything typed about the person, as JSON
  personal_sealed bytea,
  subsystems jsonb not null default '[]',
  done text[] not null default '{}',
  retry jsonb,
  locale text not null,
  paper text check (paper in ('awaiting_form', 'uploaded', 'reviewing', 'need_more', 'approved')),
  confirm_digest bytea unique,
  confirm_until timestamptz,
  confirm_sent_at timestamptz,
  account_id uuid references account,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  submitted_at timestamptz,
  check (status = 'draft' or submitted_at is not null),
  check (status <> 'active' or account_id is not null)
);
-- one name, one application under way: whoever submits first has it
create unique index enrollment_login_name on enrollment (login_name)
  where status in ('unconfirmed', 'pending_unit_review', 'pending_paper', 'returned');
create index enrollment_by_login_name on enrollment (login_name, submitted_at);
-- an unconfirmed one proves nothing and must not stand in anybody's way
create unique index enrollment_person_unit on enrollment (national_id_index, unit_code)
  where status in ('pending_unit_review', 'pending_paper', 'returned');
create index enrollment_unit on enrollment (unit_code, status);
create index enrollment_age on enrollment (updated_at);

create table enrollment_event (
  id bigint generated always as identity primary key,
  enrollment_id uuid not null references enrollment on delete cascade,
  at timestamptz not null,
  status text not null,
  reason text,
  actor_account_id uuid references account
);
create index enrollment_event_enrollment on enrollment_event (enrollment_id, at);

create table enrollment_scan (
  enrollment_id uuid primary key references enrollment on delete cascade,
  name text not null,
  media_type text not null,
  size integer not null,
  content_sealed bytea not null,
  uploaded_at timestamptz not null
);

create table subsystem_request (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references account,
  subsystem_code text not null references subsystem,
  unit_code text not null references unit,
  role text not null,
  duty text not null,
  menu_roles text[] not null,
  fields jsonb not null default '{}',
  status text not null check (status in ('submitted', 'approved', 'returned', 'withdrawn')),
  created_at timestamptz not null
);
create index subsystem_request_account on subsystem_request (account_id);
create index subsystem_request_unit on subsystem_request (unit_code, subsystem_code, status);
`,
    )
    .execute(db);
}
