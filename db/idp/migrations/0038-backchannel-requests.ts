import { type Kysely, sql } from 'kysely';

/** CIBA: clients that are told when a person has answered, and the note that nobody answered in time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table oidc_waiting add column expiry_noted_at timestamptz;

-- One notification (CIBA Core 10.2), made with the request and due once it is answered. It goes with the request.
create table backchannel_ping (
  id bigint generated always as identity primary key,
  request_digest bytea not null unique references oidc_waiting (id_digest) on delete cascade,
  client_id text not null,
  secret_sealed bytea not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  leased_until timestamptz,
  delivered_at timestamptz,
  dead_at timestamptz,
  last_error text
);
create function announce_backchannel_ping() returns trigger language plpgsql as $$
begin
  perform pg_notify('backchannel_ping', '');
  return null;
end $$;
create trigger backchannel_ping_announced after update of next_attempt_at on backchannel_ping
  for each row when (old.next_attempt_at is null and new.next_attempt_at is not null)
  execute function announce_backchannel_ping();
create index backchannel_ping_due on backchannel_ping (next_attempt_at)
  where next_attempt_at is not null and delivered_at is null and dead_at is null;
`,
    )
    .execute(db);
}
