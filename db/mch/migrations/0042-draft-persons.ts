import { type Kysely, sql } from 'kysely';

/** The person of a draft; the drafts that name a number. */
export const indexes = {
  patient_draft: 'patient (draft_of) where draft_of is not null',
  patient_draft_number: 'patient (draft_index) where draft_index is not null',
};

/** Whom a draft is about stands on a row of its own until it is sent: no other form finds it, or changes it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table patient add column draft_of uuid, add column draft_index bytea`.execute(db);
}
