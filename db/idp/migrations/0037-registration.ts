import { type Kysely, sql } from 'kysely';

/** Dynamic client registration (RFC 7591, RFC 7592): who may register clients, and who may manage one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table registration_token (
  id_digest bytea primary key,
  handle uuid not null unique default gen_random_uuid(),
  -- initial: an operator lets somebody register clients with it; management: of one client that was registered
  kind text not null check (kind in ('initial', 'management')),
  client_id text references client on delete cascade,
  label text not null default '',
  reason text not null default '',
  uses_left integer,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  check ((kind = 'management') = (client_id is not null)),
  check ((kind = 'initial') = (uses_left is not null and expires_at is not null))
);
create index registration_token_client on registration_token (client_id) where client_id is not null;
`,
    )
    .execute(db);
}
