import { type Kysely, sql } from 'kysely';

/** What a unit asks the agency for beyond its own: one manager more, or a business of its own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table permission_request (
  id uuid primary key,
  no bigint generated always as identity unique,
  kind text not null check (kind in ('extra_manager', 'menu_role')),
  subsystem_code text not null references subsystem,
  unit_code text not null references unit,
  -- whom to make a manager, or which menu role the unit is to have
  target_id text references subsystem_account,
  menu_role text,
  content text not null,
  phone text not null default '',
  email text not null default '',
  applicant_account_id uuid not null references account,
  status text not null default 'submitted' check (status in ('submitted', 'allowed', 'refused', 'withdrawn')),
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references account,
  reason text not null default '',
  reminded_at timestamptz,
  check ((kind = 'extra_manager') = (target_id is not null)),
  check ((kind = 'menu_role') = (menu_role is not null))
);
-- the same thing is asked for once at a time
create unique index permission_request_open_target on permission_request (target_id)
  where status = 'submitted' and kind = 'extra_manager';
create unique index permission_request_open_role on permission_request (unit_code, subsystem_code, menu_role)
  where status = 'submitted' and kind = 'menu_role';
create index permission_request_sent on permission_request (created_at, id);
create index permission_request_unit on permission_request (unit_code, created_at, id);
create index permission_request_waiting on permission_request (created_at, id) where status = 'submitted';
`,
    )
    .execute(db);
}
