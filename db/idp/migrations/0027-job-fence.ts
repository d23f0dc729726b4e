import { type Kysely, sql } from 'kysely';

/**
 * Who does the work that only one replica may do. The token of the fence changes with each take-over; the lease apart
 * from it, so that renewing it waits for nobody's transaction.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table job_fence (
  name text primary key,
  token bigint not null
);
create table job_lease (
  name text primary key references job_fence,
  token bigint not null,
  holder text not null default '',
  taken_at timestamptz not null default now(),
  expires_at timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into job_fence (name, token) values ('idp', 0);
insert into job_lease (name, token) values ('idp', 0);
`,
    )
    .execute(db);
}
