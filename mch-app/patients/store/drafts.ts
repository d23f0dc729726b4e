import { type Insertable, sql } from 'kysely';
import type { PatientTable } from '#db/mch/record-tables.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Patient } from '../types.ts';
import { COLUMNS } from './people.ts';

export async function findDraftPerson(
  trx: Trx,
  recordId: string,
): Promise<{ id: string; index: Buffer | null } | undefined> {
  return trx
    .selectFrom('patient')
    .select(['id', 'draft_index as index'])
    .where('draft_of', '=', recordId)
    .executeTakeFirst();
}

export async function writeDraftPerson(trx: Trx, row: Insertable<PatientTable>): Promise<void> {
  const { id: _, created_at: __, ...changes } = row;
  await trx
    .insertInto('patient')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
    .execute();
}

/** Who looked at a draft's person looked at whom it became, where the draft named the same number then. */
export async function moveLooks(trx: Trx, from: string, to: string): Promise<void> {
  await sql`update patient_access set patient_id = ${to} where patient_id = ${from} and exists (
    select 1 from patient d join patient q on q.id_index = d.draft_index where d.id = ${from} and q.id = ${to})`.execute(
    trx,
  );
}

/**
 * Takes all it tells from a draft's person. The row stays for the log of who looked, which may be writing of it just
 * now; it is no draft's any more, but its own.
 */
export async function emptyDraftPersons(trx: Trx, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .updateTable('patient')
    .set((row) => ({
      ...{ draft_of: row.ref('id'), draft_index: null, mother_id: null, name: '-', birth_date: '1900-01-01' },
      ...{ id_type: 'none' as const, id_sealed: null, id_index: null, id_hint: '', birth_index: null },
      ...{ birth_at: null, birth_order: null, sex: null, updated_at: at },
    }))
    .where('id', 'in', ids)
    .where('draft_of', 'is not', null)
    .execute();
  await trx.deleteFrom('birth').where('child_id', 'in', ids).execute();
}

/** Persons of drafts that were sent or thrown away by a release that knows of none, still as they were `before`. What was returned may be half mended. */
export async function findLeftBehind(trx: Trx, before: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.id from patient p where p.draft_of is not null and p.draft_of <> p.id and p.updated_at < ${before}
      and not exists (select 1 from record r where r.id = p.draft_of and r.state in ('draft', 'returned'))
      and not exists (select 1 from record r where r.patient_id = p.id)
    limit ${sql.lit(limit)} for update of p skip locked`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Deletes emptied rows that no log speaks of any more. @returns how many went */
export async function deleteEmptied(trx: Trx, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from patient where id in (
      select p.id from patient p where p.draft_of = p.id and p.updated_at < ${before}
        and not exists (select 1 from patient_access a where a.patient_id = p.id)
        and not exists (select 1 from record r where r.patient_id = p.id)
      limit ${sql.lit(limit)} for update of p skip locked)`.execute(trx);
  return Number(numAffectedRows ?? 0n);
}

/** What was typed of somebody in a record that is not sent, or not again. */
export async function findPersonOfDraft(db: Db, recordId: string): Promise<Patient | undefined> {
  return db.selectFrom('patient').select(COLUMNS).where('draft_of', '=', recordId).executeTakeFirst();
}

/**
 * The drafts of a unit that name this number, by a person that stands for it there: somebody on record, where a draft
 * is of a release that gave it none of its own, else a draft's own.
 */
export async function findDraftPersons(
  db: Db,
  of: { indexes: Buffer[]; kind: string; unitCode: string },
): Promise<{ id: string }[]> {
  return (
    db
      .selectFrom('patient as p')
      .innerJoin('record as r', 'r.patient_id', 'p.id')
      .select('p.id')
      .where((one) =>
        one.or([
          one('p.draft_index', 'in', of.indexes),
          one.and([one('p.id_index', 'in', of.indexes), one('r.state', '=', 'draft')]),
        ]),
      )
      .where('r.kind', '=', of.kind)
      .where('r.unit_code', '=', of.unitCode)
      // by somebody on record all drafts of the number are found, by a draft's own person only those that have one
      .orderBy('p.draft_index', (order) => order.asc().nullsFirst())
      .limit(1)
      .execute()
  );
}
