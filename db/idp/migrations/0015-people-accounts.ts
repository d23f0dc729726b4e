import { type Kysely, sql } from 'kysely';

/** What the console's list of subsystem accounts is found and ordered by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create index subsystem_account_by_id on subsystem_account (id collate "C");
create index subsystem_account_by_unit on subsystem_account (unit_code collate "C", id);
create index subsystem_account_by_name on subsystem_account (holder_name collate "C", id);
create index subsystem_account_suspended on subsystem_account (status_changed_at, id) where status = 'suspended';
`,
    )
    .execute(db);
}
