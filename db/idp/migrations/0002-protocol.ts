import { type Kysely, sql } from 'kysely';

/** Sessions, grants, protocol artefacts, signing keys, and logout deliveries. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table oidc_session (
  uid text primary key,
  id_digest bytea not null unique,
  account_id uuid,
  payload jsonb not null,
  login_at timestamptz,
  previous_sign_in_at timestamptz,
  active_at timestamptz not null,
  expires_at timestamptz not null,
  ip text,
  user_agent text
) with (fillfactor = 80);
create index oidc_session_account on oidc_session (account_id) where account_id is not null;
create index oidc_session_expiry on oidc_session (expires_at);

create table oidc_grant (
  id text primary key,
  account_id uuid not null,
  client_id text not null,
  session_uid text,
  subsystem_account_id text,
  payload jsonb not null,
  expires_at timestamptz not null
) with (fillfactor = 80);
create index oidc_grant_account on oidc_grant (account_id);
create index oidc_grant_session on oidc_grant (session_uid);
create index oidc_grant_subsystem_account on oidc_grant (subsystem_account_id);
create index oidc_grant_expiry on oidc_grant (expires_at);

-- What one session holds at one client: its sid, its current grant, the account it acts as there (remembered when
-- the grant is gone), and the account chosen at the portal for the next entry.
create table oidc_session_client (
  session_uid text not null references oidc_session on delete cascade,
  client_id text not null,
  sid text,
  grant_id text,
  subsystem_account_id text,
  persists_logout boolean not null default false,
  next_account_id text,
  next_account_until timestamptz,
  primary key (session_uid, client_id)
) with (fillfactor = 80);

create table oidc_interaction (
  uid_digest bytea primary key,
  payload jsonb not null,
  expires_at timestamptz not null
) with (fillfactor = 70);
create index oidc_interaction_expiry on oidc_interaction (expires_at);

create table oidc_replay (
  id bytea primary key,
  expires_at timestamptz not null
);
create index oidc_replay_expiry on oidc_replay (expires_at);

-- One table per class of lifetime. The expiry bucket is part of every id handed out, so a look-up touches
-- exactly one partition and an expired one is dropped as a whole.
create table artefact_minutes (
  bucket integer not null,
  id_digest bytea not null,
  kind text not null,
  client_id text,
  account_id uuid,
  grant_id text,
  session_uid text,
  payload jsonb not null,
  consumed_at timestamptz,
  primary key (bucket, id_digest)
) partition by list (bucket);

create table artefact_hours (like artefact_minutes including all) partition by list (bucket);
create table artefact_weeks (like artefact_minutes including all) partition by list (bucket);

-- Undoes a whole statement when one of its conditions does not hold, and says which.
create function refuse_writes(refusal text) returns void language plpgsql as $$
begin
  if refusal is not null then
    raise exception '%', refusal using errcode = 'SE001';
  end if;
end $$;

create table signing_key (
  kid text primary key,
  alg text not null,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  publish_from timestamptz not null,
  sign_from timestamptz not null,
  sign_until timestamptz,
  publish_until timestamptz,
  revoked_at timestamptz,
  reason text not null,
  created_at timestamptz not null default now()
);

create function announce_signing_key_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('signing_key_changed', '');
  return null;
end $$;
create trigger signing_key_change after insert or update on signing_key
  for each statement execute function announce_signing_key_change();

create table logout_delivery (
  id bigint generated always as identity primary key,
  client_id text not null,
  account_id uuid not null,
  sid text,
  cause text not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  leased_until timestamptz,
  delivered_at timestamptz,
  dead_at timestamptz,
  last_error text
);
create function announce_logout_delivery() returns trigger language plpgsql as $$
begin
  perform pg_notify('logout_delivery', '');
  return null;
end $$;
create trigger logout_delivery_announced after insert on logout_delivery
  for each statement execute function announce_logout_delivery();
create index logout_delivery_due on logout_delivery (next_attempt_at) where delivered_at is null and dead_at is null;
`,
    )
    .execute(db);
}
