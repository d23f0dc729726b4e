import { type Kysely, sql } from 'kysely';

/** By which name a subsystem that proves its accounts itself knows one of ours. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table remote_account (
  subsystem_account_id text primary key references subsystem_account,
  subsystem_code text not null references subsystem,
  name text not null,
  unique (subsystem_code, name)
);
`,
    )
    .execute(db);
}
