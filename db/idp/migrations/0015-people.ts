import { type Kysely, sql } from 'kysely';

/** What the console's lists of people are found and ordered by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create index account_by_login on account (login_name collate "C", id);
create index account_by_name on account (name collate "C", id);
create index account_by_unit on account (unit_code collate "C", id);
create index account_by_email on account (lower(email) collate "C");
create index account_by_role on account (role, login_name collate "C", id) where role <> 'user';
`,
    )
    .execute(db);
}
