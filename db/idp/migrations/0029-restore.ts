import { type Kysely, sql } from 'kysely';

/** Which restore of the database is finished: whatever was issued before it is worth nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create table restore_epoch (
  only_row boolean primary key default true check (only_row),
  epoch integer not null default 0,
  issued_after timestamptz,
  -- the recovery target of the restore that was finished last; another one is a restore that is not finished
  target text not null default '',
  -- said by an operator, where no target tells
  begun_at timestamptz
);
insert into restore_epoch default values;
`,
    )
    .execute(db);
}
