import { sql } from 'kysely';
import type { Db, Trx } from '#db/mch/tables.ts';
import type { Patient } from '../types.ts';

export const COLUMNS = [
  'id',
  'kind',
  'id_type as idType',
  'id_hint as idHint',
  'name',
  sql<string>`birth_date::text`.as('birthDate'),
  'birth_at as birthAt',
  'birth_order as birthOrder',
  'sex',
  'mother_id as motherId',
  'draft_of as draftOf',
] as const;

/** The person of a number, under whichever key it was digested. */
export async function findPatient(
  db: Db | Trx,
  by: { indexes: Buffer[] } | { birthIndexes: Buffer[] } | { id: string },
): Promise<Patient | undefined> {
  const query = db.selectFrom('patient').select(COLUMNS);
  const found =
    'id' in by
      ? query.where('id', '=', by.id)
      : 'indexes' in by
        ? query.where('id_index', 'in', by.indexes)
        : query.where('birth_index', 'in', by.birthIndexes);
  return found.executeTakeFirst();
}

/** The sealed number, for whoever may see it whole. */
export async function findSealedNumber(db: Db, patientId: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('patient')
    .select('id_sealed')
    .where('id', '=', patientId)
    .executeTakeFirst();
  return row?.id_sealed ?? undefined;
}

export interface NewPatient extends Omit<Patient, 'idHint' | 'draftOf'> {
  idSealed: Buffer | null;
  idIndex: Buffer | null;
  birthIndex: Buffer | null;
  idHint: string;
  at: Date;
}

/** @returns false when somebody of the same number or birth was there first */
export async function insertPatient(trx: Trx, who: NewPatient): Promise<boolean> {
  const row = await trx
    .insertInto('patient')
    .values({
      id: who.id,
      kind: who.kind,
      id_type: who.idType,
      id_sealed: who.idSealed,
      id_index: who.idIndex,
      id_hint: who.idHint,
      birth_index: who.birthIndex,
      name: who.name,
      birth_date: who.birthDate,
      birth_at: who.birthAt,
      birth_order: who.birthOrder,
      sex: who.sex,
      mother_id: who.motherId,
      created_at: who.at,
      updated_at: who.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** What a later form knows better: the name, the birth, and a number a newborn got meanwhile. */
export async function updatePatient(
  trx: Trx,
  id: string,
  known: Partial<Pick<NewPatient, 'name' | 'birthDate' | 'birthAt' | 'birthOrder' | 'sex'>>,
  number: Pick<NewPatient, 'idType' | 'idSealed' | 'idIndex' | 'idHint'> | undefined,
  at: Date,
): Promise<void> {
  await trx
    .updateTable('patient')
    .set({
      ...(known.name !== undefined && { name: known.name }),
      ...(known.birthDate !== undefined && { birth_date: known.birthDate }),
      ...(known.birthAt !== undefined && { birth_at: known.birthAt }),
      ...(known.birthOrder !== undefined && { birth_order: known.birthOrder }),
      ...(known.sex !== undefined && { sex: known.sex }),
      ...(number && {
        id_type: number.idType,
        id_sealed: number.idSealed,
        id_index: number.idIndex,
        id_hint: number.idHint,
      }),
      updated_at: at,
    })
    .where('id', '=', id)
    .execute();
}

/** Who looked at whom: in the transaction, or beside the page, that showed it. */
export async function recordAccess(
  db: Db | Trx,
  seen: {
    patientId: string;
    recordId: string | null;
    accountId: string;
    personName: string;
    unitCode: string;
    deed: 'view' | 'print' | 'edit' | 'find' | 'export';
    at: Date;
  },
): Promise<void> {
  await db
    .insertInto('patient_access')
    .values({
      at: seen.at,
      patient_id: seen.patientId,
      record_id: seen.recordId,
      account_id: seen.accountId,
      person_name: seen.personName,
      unit_code: seen.unitCode,
      deed: seen.deed,
    })
    .execute();
}

export interface Pregnancy {
  id: string;
  seq: number;
  edc: string;
  isOpen: boolean;
}

/** A mother's pregnancies, the last first. */
export async function listPregnancies(db: Db | Trx, motherId: string): Promise<Pregnancy[]> {
  return db
    .selectFrom('pregnancy')
    .select(['id', 'seq', sql<string>`edc::text`.as('edc'), sql<boolean>`closed_on is null`.as('isOpen')])
    .where('mother_id', '=', motherId)
    .orderBy('seq', 'desc')
    .execute();
}

export async function insertPregnancy(
  trx: Trx,
  of: { id: string; motherId: string; seq: number; edc: string; openedOn: string; closedOn: string | null },
): Promise<void> {
  await trx
    .insertInto('pregnancy')
    .values({
      id: of.id,
      mother_id: of.motherId,
      seq: of.seq,
      edc: of.edc,
      opened_on: of.openedOn,
      closed_on: of.closedOn,
    })
    .execute();
}

export async function setPregnancy(
  trx: Trx,
  id: string,
  change: { edc: string } | { closedOn: string },
): Promise<void> {
  await trx
    .updateTable('pregnancy')
    .set('edc' in change ? { edc: change.edc } : { closed_on: change.closedOn })
    .where('id', '=', id)
    .execute();
}

/** One at a time deals with a person, however many records of hers are written at once. */
export async function lockNumber(trx: Trx, index: Buffer): Promise<void> {
  await sql`select pg_advisory_xact_lock(('x' || encode(${index.subarray(0, 8)}, 'hex'))::bit(64)::bigint)`.execute(
    trx,
  );
}
