import { type Kysely, sql } from 'kysely';

/** People, the subsystem accounts they hold, what subsystems declare, and the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table unit (
  code text primary key,
  name text not null,
  name_en text not null,
  kind text not null,
  county char(5) not null,
  town char(8) not null,
  status text not null default 'active' check (status in ('active', 'closed'))
);

create table account (
  id uuid primary key default gen_random_uuid(),
  person_no char(8) not null unique check (person_no ~ '^[0-9]{8}$'),
  login_name text not null unique check (login_name = lower(login_name)),
  name text not null,
  title text not null default '',
  email text not null,
  phone text not null default '',
  unit_code text not null references unit,
  role text not null check (role in ('user', 'unit_manager', 'hpa_admin', 'platform_ops')),
  status text not null check (status in ('active', 'disabled')),
  expires_at timestamptz,
  national_id_sealed bytea not null,
  national_id_index bytea not null,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now()
);
create index account_unit on account (unit_code);
create index account_national_id on account (national_id_index);

create table password_credential (
  account_id uuid primary key references account on delete cascade,
  hash text not null,
  changed_at timestamptz not null,
  must_change boolean not null default false
);

create table password_history (
  account_id uuid not null references account on delete cascade,
  retired_at timestamptz not null,
  hash text not null,
  primary key (account_id, retired_at)
);

create table totp_credential (
  account_id uuid primary key references account on delete cascade,
  secret_sealed bytea not null,
  last_used_step bigint not null default 0,
  enrolled_at timestamptz not null
);

-- One row per name or account that failed lately. The key is a keyed hash, so unknown names are counted
-- exactly as known ones and no list of names can be read from here.
create table attempt_throttle (
  kind text not null,
  subject bytea not null,
  failures integer not null,
  locked_until timestamptz,
  updated_at timestamptz not null,
  primary key (kind, subject)
);
create index attempt_throttle_age on attempt_throttle (updated_at);

create table captcha_challenge (
  interaction_uid bytea primary key,
  answer text not null,
  expires_at timestamptz not null
);
create index captcha_challenge_expiry on captcha_challenge (expires_at);

create table subsystem (
  code text primary key,
  suffix text not null unique check (suffix ~ '^[a-z]{2,5}$'),
  manifest jsonb not null,
  status text not null default 'active' check (status in ('active', 'disabled')),
  updated_at timestamptz not null
);

-- Grows with every change, so that a replica asks for what is newer than it has seen.
create sequence client_revision;

create table client (
  client_id text primary key,
  subsystem_code text references subsystem,
  metadata jsonb not null,
  secret_digest bytea,
  status text not null default 'active' check (status in ('active', 'disabled')),
  revision bigint not null default nextval('client_revision')
);
create unique index client_of_subsystem on client (subsystem_code);
create index client_by_revision on client (revision);

create function announce_client_change() returns trigger language plpgsql as $$
begin
  new.revision := nextval('client_revision');
  perform pg_notify('client_changed', new.client_id);
  return new;
end $$;
create trigger client_change before insert or update on client
  for each row execute function announce_client_change();

create function touch_clients_of_subsystem() returns trigger language plpgsql as $$
begin
  update client set status = client.status where subsystem_code = new.code;
  return new;
end $$;
create trigger subsystem_change after update on subsystem
  for each row execute function touch_clients_of_subsystem();

create table subsystem_account (
  id text primary key,
  subsystem_code text not null references subsystem,
  account_id uuid references account,
  national_id_index bytea not null,
  holder_name text not null,
  unit_code text not null references unit,
  role text not null,
  duty text not null,
  menu_roles text[] not null default '{}',
  fields jsonb not null default '{}',
  status text not null check (status in ('pending', 'active', 'disabled', 'suspended')),
  local_password_hash text,
  created_at timestamptz not null default now()
);
create index subsystem_account_owner on subsystem_account (account_id, subsystem_code);
create index subsystem_account_unit on subsystem_account (unit_code, subsystem_code);

create table binding (
  subsystem_account_id text primary key references subsystem_account,
  account_id uuid not null references account,
  name text not null check (char_length(name) between 1 and 10),
  favourite boolean not null default false,
  bound_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz,
  unique (account_id, name)
);

create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  type text not null,
  outcome text not null check (outcome in ('success', 'refused')),
  reason text,
  account_id uuid,
  actor_account_id uuid,
  client_id text,
  session_uid text,
  from_subsystem_account_id text,
  to_subsystem_account_id text,
  ip text,
  user_agent text,
  request_id text,
  details jsonb not null default '{}'
);
create index audit_event_account on audit_event (account_id, at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_event is insert-only' using errcode = '42501';
end $$;
create trigger audit_event_is_insert_only before update or delete or truncate on audit_event
  for each statement execute function refuse_audit_change();
`,
    )
    .execute(db);
}
