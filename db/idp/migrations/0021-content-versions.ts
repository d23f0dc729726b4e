import { type Kysely, sql } from 'kysely';

/** Who wrote each piece of content, when it was last changed, and a version so that two editors notice each other. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table announcement add column version integer not null default 1;
alter table help_entry add column version integer not null default 1, add column author_account_id uuid references account;
alter table download add column version integer not null default 1, add column author_account_id uuid references account;
alter table notice add column version integer not null default 1, add column author_account_id uuid references account,
  add column updated_at timestamptz not null default now();
alter table maintenance_window add column version integer not null default 1,
  add column author_account_id uuid references account, add column updated_at timestamptz not null default now();
`,
    )
    .execute(db);
}
