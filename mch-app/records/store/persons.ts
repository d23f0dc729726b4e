import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#db/mch/tables.ts';
import type { Scope } from '../types.ts';
import { withinScope } from './scope.ts';

/**
 * Whether a record `r` may show whom it is about, `p`: always once it was sent. A draft shows what was typed in it, and
 * somebody on record only to whoever reads a record of hers now.
 */
export const mayShowPerson = (
  scope: Scope,
): RawBuilder<unknown> => sql`(r.state <> 'draft' or p.draft_of = r.id
  or exists (select 1 from record s where s.patient_id = p.id and s.state <> 'draft' and ${withinScope(scope, 's')}))`;

/** The same of one record. */
export async function showsPerson(db: Db, scope: Scope, recordId: string): Promise<boolean> {
  const { rows } = await sql`select 1 from record r join patient p on p.id = r.patient_id
    where r.id = ${recordId} and ${mayShowPerson(scope)}`.execute(db);
  return rows.length > 0;
}
