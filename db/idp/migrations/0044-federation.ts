import { type Kysely, sql } from 'kysely';

/** OpenID Federation 1.0: what the provider says of itself, and the keys it says it with. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(SETTINGS).execute(db);
  await sql.raw(KEYS).execute(db);
  await sql.raw(NOTICES).execute(db);
}

const SETTINGS = `
create table federation_settings (
  id boolean primary key default true check (id),
  document jsonb not null,
  version integer not null default 1,
  updated_at timestamptz not null
);
`;

// a table of its own: a release before this one would publish and sign with whatever is in signing_key
const KEYS = `
create table federation_key (
  kid text primary key,
  alg text not null,
  public_jwk jsonb not null,
  private_sealed bytea,
  token_reference text,
  publish_from timestamptz not null,
  sign_from timestamptz not null,
  sign_until timestamptz,
  publish_until timestamptz,
  revoked_at timestamptz,
  reason text not null,
  created_at timestamptz not null default now(),
  check ((private_sealed is null) <> (token_reference is null))
);
`;

const NOTICES = `
create function announce_federation() returns trigger language plpgsql as $$
begin
  perform pg_notify('federation_changed', '');
  return null;
end $$;
create trigger federation_settings_change after insert or update or delete on federation_settings
  for each statement execute function announce_federation();
create trigger federation_key_change after insert or update or delete on federation_key
  for each statement execute function announce_federation();
`;
