import { type Kysely, sql } from 'kysely';

/** Requests for subsystem accounts as a machine of steps, and what a unit may have at a subsystem. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- A row with an empty chain was written by the release before and has not entered its first step yet.
alter table subsystem_request
  add column kind text not null default 'account'
    check (kind in ('account', 'unit', 'role', 'menu_roles', 'disable')),
  -- the account to be changed, or the one that an approval made
  add column subsystem_account_id text references subsystem_account,
  add column before jsonb,
  add column reason text not null default '',
  add column chain text[] not null default '{}',
  add column step integer not null default 0,
  add column waits_for text generated always as (chain[step + 1]) stored,
  -- who stands in at this step where the unit has nobody
  add column level text not null default 'own' check (level in ('own', 'bureau', 'agency')),
  add column round integer not null default 1,
  add column version integer not null default 1,
  add column submitted_at timestamptz,
  add column updated_at timestamptz,
  add column checked_at timestamptz,
  add constraint subsystem_request_target check (kind = 'account' or subsystem_account_id is not null);
-- one at a time for the same thing
create unique index subsystem_request_open on subsystem_request (account_id, subsystem_code, unit_code, duty)
  where kind = 'account' and status in ('submitted', 'returned');
create unique index subsystem_request_open_change on subsystem_request (subsystem_account_id)
  where kind <> 'account' and status in ('submitted', 'returned');
create index subsystem_request_waiting on subsystem_request (waits_for, level, unit_code, created_at, id)
  where status = 'submitted';
create index subsystem_request_unchecked on subsystem_request (checked_at nulls first)
  where status = 'submitted';

create table subsystem_request_event (
  id bigint generated always as identity primary key,
  request_id uuid not null references subsystem_request on delete cascade,
  at timestamptz not null,
  round integer not null,
  deed text not null check (deed in ('submitted', 'approved', 'returned', 'withdrawn', 'passed_on')),
  step integer,
  waits_for text,
  level text,
  actor_account_id uuid references account,
  on_behalf_of_account_id uuid references account,
  comment text not null default ''
);
create index subsystem_request_event_request on subsystem_request_event (request_id, id);
-- a step of a round is decided once
create unique index subsystem_request_step on subsystem_request_event (request_id, round, step)
  where deed in ('approved', 'returned');

-- Menu roles a unit may give at a subsystem; a unit without any row for one may give what its kind allows.
create table unit_entitlement (
  unit_code text not null references unit,
  subsystem_code text not null references subsystem,
  menu_role text not null,
  valid_from date not null,
  valid_to date,
  approval_no text not null default '',
  basis text not null default '',
  primary key (unit_code, subsystem_code, menu_role, valid_from),
  check (valid_to is null or valid_to >= valid_from)
);

-- Managers granted beyond the manifest's number; its row is what approvals of managers queue at.
create table manager_quota (
  unit_code text not null references unit,
  subsystem_code text not null references subsystem,
  extra integer not null default 0 check (extra >= 0),
  primary key (unit_code, subsystem_code)
);
`,
    )
    .execute(db);
}
