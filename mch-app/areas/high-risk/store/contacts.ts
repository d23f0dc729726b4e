import { sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';

/** What a contact's text is found by, beside the text. */
export async function writeBands(trx: Trx, recordId: string, bands: number[]): Promise<void> {
  await sql`update hr_contact set likeness = ${bands}::int[] where record_id = ${recordId}`.execute(trx);
}
