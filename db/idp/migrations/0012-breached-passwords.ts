import { type Kysely, sql } from 'kysely';

/** Passwords known from leaks, as short prefixes of their SHA-1 hashes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- One row for all hashes that share their first 20 bits; of each the next 40 bits, sorted, end to end.
create table breached_password (
  prefix integer primary key check (prefix between 0 and 1048575),
  suffixes bytea not null check (length(suffixes) % 5 = 0)
);
alter table breached_password alter column suffixes set storage external; -- hashes do not compress

-- How far each file was read, so that an interrupted import goes on where it stopped.
create table breached_password_import (
  source bytea primary key,
  position bigint not null,
  hashes bigint not null,
  updated_at timestamptz not null default now(),
  finished_at timestamptz
);
`,
    )
    .execute(db);
}
