import { type Kysely, sql } from 'kysely';

/** Requests to sign in that are answered on another device than the one that asks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- A request waits for a person's answer (RFC 8628, CIBA) and then for the client to fetch it, once. It outlives its
-- expiry for a while, so that a client which asks too late is told so.
create table oidc_waiting (
  id_digest bytea primary key,
  handle uuid not null unique default gen_random_uuid(),
  kind text not null,
  client_id text not null,
  account_id uuid references account on delete cascade,
  user_code_digest bytea unique,
  payload_sealed bytea not null,
  state text not null check (state in ('waiting', 'begun', 'approved', 'denied')),
  interval_seconds integer not null,
  polled_at timestamptz,
  consumed_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
) with (fillfactor = 70);
create index oidc_waiting_account on oidc_waiting (account_id) where account_id is not null;
create index oidc_waiting_expiry on oidc_waiting (expires_at);
`,
    )
    .execute(db);
}
