import { type Kysely, sql } from 'kysely';

/** What a person keeps for themselves: the width of the window, favourites, and which pop-ups were seen. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table preference (
  sub text primary key,
  wide_window boolean not null,
  updated_at timestamptz not null
);

create table favourite (
  account_id text not null,
  path text not null check (path ~ '^[a-z][a-z0-9/-]{0,119}$'),
  added_at timestamptz not null,
  primary key (account_id, path)
);

-- The accounts that were shown their to-dos in this session, each once.
alter table rp_session add column todos_shown text[] not null default '{}';
`,
    )
    .execute(db);
}
