import { type Kysely, sql } from 'kysely';

/** Children by the day they were born: who was not screened is looked for among the youngest. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`create index patient_born on patient (birth_date) where kind = 'child'`).execute(db);
}
