import { type Kysely, sql } from 'kysely';

/** A kind's records by number and by their last change: without them such a list walks past those of every kind. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
create index record_by_no on record (kind, no);
create index record_by_change on record (kind, updated_at, no);
`,
    )
    .execute(db);
}
