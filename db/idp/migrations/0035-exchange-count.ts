import { type Kysely, sql } from 'kysely';

/** How often each client exchanges tokens. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Spread over several rows a client and minute, so that exchanges at once do not wait for each other. Nothing is
-- lost with it: after a crash counting begins anew.
create unlogged table exchange_count (
  client_id text not null,
  minute integer not null,
  shard smallint not null,
  exchanges integer not null,
  expires_at timestamptz not null,
  primary key (client_id, minute, shard)
) with (fillfactor = 50);
create index exchange_count_expiry on exchange_count (expires_at);
`,
    )
    .execute(db);
}
