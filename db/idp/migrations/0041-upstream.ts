import { type Kysely, sql } from 'kysely';

/** People who sign in with an OpenID Provider of their own institution: who it is, whom it vouches for, links. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(PROVIDERS).execute(db);
  await sql.raw(LINKS).execute(db);
  await sql.raw(JOURNEYS).execute(db);
}

const PROVIDERS = `
create table upstream_provider (
  code text primary key check (code ~ '^[a-z][a-z0-9-]{1,29}$'),
  issuer text not null unique,
  manifest jsonb not null,
  secret_sealed bytea,
  status text not null default 'active' check (status in ('active', 'disabled')),
  version integer not null default 1,
  updated_at timestamptz not null
);
create function announce_upstream_provider() returns trigger language plpgsql as $$
begin
  perform pg_notify('upstream_provider_changed', '');
  return null;
end $$;
create trigger upstream_provider_change after insert or update or delete on upstream_provider
  for each statement execute function announce_upstream_provider();
`;

const LINKS = `
create table upstream_link (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references account on delete cascade,
  provider_code text not null references upstream_provider,
  issuer text not null,
  subject text not null,
  -- what the provider said of the subject when it was linked
  facts_sealed bytea not null,
  linked_at timestamptz not null,
  last_used_at timestamptz,
  unique (issuer, subject),
  unique (account_id, provider_code)
);
create index upstream_link_provider on upstream_link (provider_code);

-- Counts how often an account was parted from a provider: a proof begun before counts for nothing.
create table upstream_generation (
  account_id uuid not null references account on delete cascade,
  provider_code text not null references upstream_provider,
  generation integer not null default 0,
  primary key (account_id, provider_code)
);

-- The browser sessions that a sign-in at a provider began.
create table upstream_session (
  session_uid text primary key references oidc_session on delete cascade,
  link_id uuid not null references upstream_link on delete cascade,
  sid text,
  id_token_sealed bytea not null
);
create index upstream_session_link on upstream_session (link_id);
`;

const JOURNEYS = `
-- A browser on its way to a provider, and what it came back with: each is taken up once.
create table upstream_departure (
  id uuid primary key,
  state_digest bytea not null unique,
  browser_digest bytea not null,
  provider_code text not null references upstream_provider,
  purpose text not null check (purpose in ('sign_in', 'link')),
  within text not null,
  content_sealed bytea not null,
  expires_at timestamptz not null
);
create index upstream_departure_expiry on upstream_departure (expires_at);

create table upstream_arrival (
  id uuid primary key,
  browser_digest bytea not null,
  provider_code text not null references upstream_provider,
  purpose text not null check (purpose in ('sign_in', 'link')),
  within text not null,
  content_sealed bytea not null,
  expires_at timestamptz not null,
  unique (purpose, within)
);
create index upstream_arrival_expiry on upstream_arrival (expires_at);
`;
