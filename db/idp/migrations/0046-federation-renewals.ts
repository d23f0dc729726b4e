import { type Kysely, sql } from 'kysely';

/** What a client that came by a chain said of itself last, whether we renew it by ourselves, and what came of trying. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table federation_client
      add column said_at timestamptz,
      add column statement text,
      add column renews boolean not null default true,
      add column tried_at timestamptz,
      add column failure text,
      add column failed_at timestamptz`.execute(db);
}
