import { type Kysely, sql } from 'kysely';

/** Sessions of the relying party, sign-ins under way, logout tokens already used, and the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Every request moves active_at, so it stands in no index and the row has room to be updated in place.
create table rp_session (
  id_digest bytea primary key,
  iss text not null,
  sub text not null,
  sid text,
  person_name text not null,
  account_id text not null,
  binding text not null,
  unit_code text not null,
  unit_name text not null,
  unit_kind text not null,
  unit_county text not null,
  unit_town text not null,
  role text not null,
  duty text not null,
  menu_roles text[] not null,
  known_accounts jsonb not null,
  generation integer not null default 1,
  tokens_sealed bytea not null,
  refreshed_at timestamptz not null,
  token_lease_until timestamptz,
  notice jsonb,
  created_at timestamptz not null,
  active_at timestamptz not null,
  expires_at timestamptz not null
) with (fillfactor = 70);
create index rp_session_person on rp_session (sub);
create index rp_session_sid on rp_session (sid);
create index rp_session_expiry on rp_session (expires_at);

create table sign_in_transaction (
  state_digest bytea primary key,
  browser_digest bytea not null,
  secrets_sealed bytea not null,
  purpose text not null check (purpose in ('sign_in', 'step_up', 'recover')),
  account_id text,
  max_age integer,
  return_to text not null,
  expires_at timestamptz not null
);
create index sign_in_transaction_expiry on sign_in_transaction (expires_at);

create table logout_token_seen (
  jti_digest bytea primary key,
  expires_at timestamptz not null
);
create index logout_token_seen_expiry on logout_token_seen (expires_at);

create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  type text not null,
  outcome text not null check (outcome in ('success', 'refused')),
  reason text,
  sub text,
  sid text,
  account_id text,
  from_account_id text,
  ip text,
  user_agent text,
  request_id text
);
create index audit_event_person on audit_event (sub, at);

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
