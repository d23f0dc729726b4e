import { type Kysely, sql } from 'kysely';

/** What subsystems declared when, secrets that overlap, readiness runs, emergencies, and evidence about keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table subsystem_version (
  subsystem_code text not null references subsystem,
  version integer not null check (version > 0),
  manifest jsonb not null,
  applied_at timestamptz not null default now(),
  applied_by uuid references account,
  reason text not null default '',
  restores integer,
  primary key (subsystem_code, version)
);
insert into subsystem_version (subsystem_code, version, manifest, applied_at)
  select code, 1, manifest, updated_at from subsystem;

-- Kept apart from the manifest: a release that does not know it reads the manifest strictly.
alter table subsystem add column readiness jsonb;

-- While a secret is being replaced the one before it stays good until a date.
alter table client
  add column secret_set_at timestamptz,
  add column previous_secret_digest bytea,
  add column previous_secret_until timestamptz;

-- The technical person a readiness check acts as; nobody can sign in as it, and outside a run it is disabled.
create table readiness_account (
  subsystem_code text primary key references subsystem,
  account_id uuid not null unique references account,
  subsystem_account_id text not null unique references subsystem_account
);

create table readiness_run (
  id bigint generated always as identity primary key,
  subsystem_code text not null references subsystem,
  client_id text not null,
  account_id uuid references account,
  started_at timestamptz not null default now(),
  started_by uuid references account,
  ended_at timestamptz,
  outcome text check (outcome in ('passed', 'failed', 'interrupted')),
  steps jsonb not null default '[]',
  session_uid text unique,
  armed text,
  armed_until timestamptz
);
create unique index readiness_run_under_way on readiness_run (subsystem_code) where ended_at is null;
create index readiness_run_history on readiness_run (subsystem_code, id desc);

create index logout_delivery_age on logout_delivery (created_at);
create index logout_delivery_dead on logout_delivery (id) where dead_at is not null;

create index oidc_session_activity on oidc_session (active_at desc, uid desc) where account_id is not null;
create index oidc_session_client_client on oidc_session_client (client_id) where grant_id is not null;
create index oidc_grant_client on oidc_grant (client_id);

create table emergency_stop (
  id bigint generated always as identity primary key,
  account_id uuid not null references account,
  stopped_at timestamptz not null default now(),
  stopped_by uuid references account,
  reason text not null,
  ended jsonb not null,
  enabled_at timestamptz,
  enabled_by uuid references account,
  enabled_because text
);
create index emergency_stop_account on emergency_stop (account_id, id desc);

-- A revocation acts at once and wants a second person's word.
create table key_revocation (
  kid text primary key references signing_key,
  revoked_at timestamptz not null,
  revoked_by uuid references account,
  reason text not null,
  confirmed_at timestamptz,
  confirmed_by uuid references account,
  alarmed_at timestamptz,
  check (confirmed_by is distinct from revoked_by or confirmed_by is null)
);

-- Who fetched which key set, and from where which client authenticated: evidence, written in batches.
create unlogged table jwks_fetch (
  address text not null,
  kid text not null,
  fetched_at timestamptz not null,
  primary key (address, kid)
);
create unlogged table client_address (
  client_id text not null,
  address text not null,
  seen_at timestamptz not null,
  primary key (client_id, address)
);
`,
    )
    .execute(db);
}
