import type { Db } from '#db/mch/tables.ts';
import { type Patient, findPatient } from '../../patients/index.ts';
import { showsPerson } from '../store/persons.ts';
import type { Actor, FullRecord } from '../types.ts';

/** Whom a record is about, as far as it may show that: of a draft what was typed there, or may be read elsewhere now. */
export async function personShown(
  db: Db,
  { scope }: Pick<Actor, 'scope'>,
  record: Pick<FullRecord, 'id' | 'state' | 'patientId'>,
): Promise<Patient | undefined> {
  if (record.patientId === null) return undefined;
  const person = await findPatient(db, { id: record.patientId });
  const isOwn = record.state !== 'draft' || person?.draftOf === record.id;
  return isOwn || (await showsPerson(db, scope, record.id)) ? person : undefined;
}
