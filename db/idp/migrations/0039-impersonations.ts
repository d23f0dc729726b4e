import { type Kysely, sql } from 'kysely';

/** Operators who see a subsystem as somebody else's account, for half an hour at most. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Four eyes and the half hour hold here too, whatever the program believes.
create table impersonation (
  id uuid primary key default gen_random_uuid(),
  operator_account_id uuid not null references account on delete cascade,
  account_id uuid not null references account on delete cascade,
  subsystem_account_id text not null,
  subsystem_code text not null,
  client_id text not null,
  reason text not null,
  ticket text not null,
  minutes smallint not null check (minutes between 1 and 30),
  status text not null default 'requested'
    check (status in ('requested', 'approved', 'refused', 'withdrawn', 'lapsed', 'running', 'ended')),
  requested_at timestamptz not null default now(),
  decided_by uuid references account on delete cascade,
  decided_at timestamptz,
  comment text not null default '',
  code_digest bytea unique,
  code_until timestamptz,
  operator_sign_in jsonb,
  session_uid text,
  begun_at timestamptz,
  ends_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references account on delete set null,
  end_cause text,
  check (operator_account_id <> account_id),
  check (decided_by <> operator_account_id and decided_by <> account_id),
  check (status not in ('approved', 'running', 'ended') or decided_by is not null),
  check (status <> 'running' or (begun_at is not null and ends_at is not null and session_uid is not null)),
  check (ends_at <= begun_at + interval '30 minutes')
);
create unique index impersonation_one_at_a_time on impersonation (operator_account_id) where status = 'running';
create index impersonation_running on impersonation (account_id) where status = 'running';
create index impersonation_open on impersonation (status) where status in ('requested', 'approved', 'running');
create index impersonation_order on impersonation (requested_at desc, id desc);

-- Such a session belongs to nobody's account_id, so that nothing, in this release or the one before, takes it for the
-- person's own.
alter table oidc_session add column impersonation_id uuid;
`,
    )
    .execute(db);
}
