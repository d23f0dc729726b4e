import { type Kysely, sql } from 'kysely';

/** Subjects of their own for each sector; a client's sector, fixed at its first use. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table pairwise_subject (
  account_id uuid not null references account on delete cascade,
  sector text not null,
  subject text not null unique,
  created_at timestamptz not null default now(),
  primary key (account_id, sector)
);
alter table client add column sector text;
-- subject_type and sector_identifier_uri of a manifest: an older release refuses what it does not know
alter table subsystem add column pairwise jsonb;
`,
    )
    .execute(db);
}
