import type { Insertable } from 'kysely';
import type { PatientTable } from '#db/mch/record-tables.ts';
import type { Db, Trx } from '#db/mch/tables.ts';

export async function findDraftPerson(trx: Trx, recordId: string): Promise<string | undefined> {
  const row = await trx
    .selectFrom('patient')
    .select('id')
    .where('draft_of', '=', recordId)
    .executeTakeFirst();
  return row?.id;
}

export async function writeDraftPerson(trx: Trx, row: Insertable<PatientTable>): Promise<void> {
  const { id: _, created_at: __, ...changes } = row;
  await trx
    .insertInto('patient')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
    .execute();
}

/** Who looked at a draft's person looked at whom it became; of a draft that was thrown away there is nobody to tell. */
export async function moveLooks(trx: Trx, from: string, to: string | null): Promise<void> {
  if (to === null) await trx.deleteFrom('patient_access').where('patient_id', '=', from).execute();
  else {
    await trx.updateTable('patient_access').set({ patient_id: to }).where('patient_id', '=', from).execute();
  }
}

export async function deleteDraftPerson(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('patient').where('id', '=', id).where('draft_of', 'is not', null).execute();
}

/** The drafts of a unit that name this number, by the persons that stand for it there. */
export async function findDraftPersons(
  db: Db,
  of: { indexes: Buffer[]; kind: string; unitCode: string },
): Promise<{ id: string }[]> {
  return db
    .selectFrom('patient as p')
    .innerJoin('record as r', 'r.patient_id', 'p.id')
    .select('p.id')
    .where('p.draft_index', 'in', of.indexes)
    .where('r.kind', '=', of.kind)
    .where('r.unit_code', '=', of.unitCode)
    .limit(1)
    .execute();
}
