import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';

export interface CorrectableRow {
  id: string;
  no: number;
  kind: string;
  personName: string | null;
  serviceOn: string;
}

/** Submitted records of a unit's own that nobody holds open, of some kinds, the newest first; one alone by its number. */
export async function listLocked(
  db: Db,
  unitCode: string,
  kinds: readonly string[],
  no: number | undefined,
): Promise<CorrectableRow[]> {
  if (kinds.length === 0) return [];
  let query = db
    .selectFrom('record as r')
    .leftJoin('patient as p', 'p.id', 'r.patient_id')
    .select([
      'r.id',
      'r.no',
      'r.kind',
      'p.name as personName',
      sql<string>`r.service_on::text`.as('serviceOn'),
    ])
    .where('r.unit_code', '=', unitCode)
    .where('r.kind', 'in', [...kinds])
    .where('r.state', 'in', ['submitted', 'approved', 'closed'])
    .where((where) =>
      where.or([where('r.unlocked_until', 'is', null), where('r.unlocked_until', '<', sql<Date>`now()`)]),
    )
    .orderBy('r.no', 'desc')
    .limit(100);
  if (no !== undefined) query = query.where('r.no', '=', no);
  return query.execute();
}

/** Opens a submitted record for one correction. @returns its new version; undefined when it is none */
export async function openRecord(
  trx: Trx,
  id: string,
  until: Date,
): Promise<{ version: number; unitCode: string } | undefined> {
  return trx
    .updateTable('record')
    .set({ unlocked_until: until, version: sql<number>`version + 1` })
    .where('id', '=', id)
    .where('state', 'in', ['submitted', 'approved', 'closed'])
    .returning(['version', 'unit_code as unitCode'])
    .executeTakeFirst();
}
