import { type Kysely, sql } from 'kysely';

/** Units as the single entry's register has them: which are closed, and how far the register is known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table unit add column status text not null default 'active' check (status in ('active', 'closed'));
alter table unit add column changed_at timestamptz;
create index unit_changed on unit (changed_at);
`,
    )
    .execute(db);
}
