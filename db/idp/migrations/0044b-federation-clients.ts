import { type Kysely, sql } from 'kysely';

/** Clients that came by a chain of trust, and until when it holds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table federation_client (
      client_id text primary key references client on delete cascade,
      policy text not null,
      anchor text not null,
      registered_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz
    )`.execute(db);
  await sql`create index federation_client_expiry on federation_client (expires_at) where ended_at is null`.execute(
    db,
  );
}
