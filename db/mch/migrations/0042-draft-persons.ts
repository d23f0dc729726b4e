import { type Kysely, sql } from 'kysely';

/** Whom a draft is about stands on a row of its own until it is sent: no other form finds it, or changes it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
alter table patient add column draft_of uuid, add column draft_index bytea;
create index patient_draft on patient (draft_of) where draft_of is not null;
create index patient_draft_number on patient (draft_index) where draft_index is not null;
`,
    )
    .execute(db);
}
