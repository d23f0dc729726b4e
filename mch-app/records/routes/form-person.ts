import { taipeiMinute } from '#kit/clock.ts';
import {
  type Patient,
  findPatient,
  findPersonOfDraft,
  readBirth,
  recordAccess,
} from '../../patients/index.ts';
import { IDENTITY_FIELDS } from '../identity.ts';
import { weeksOf } from '../parse.ts';
import { asksOfBirth } from '../service/register.ts';
import { personShown } from '../service/shown.ts';
import { isBirthInSight } from '../store/births.ts';
import type { Actor, FullRecord } from '../types.ts';
import type { KindPages } from './host.ts';
import { seenBy } from './list.ts';

/** Who a record is about, as its form types it. */
export async function typedPerson(
  { host, kind }: KindPages,
  actor: Actor,
  record: FullRecord,
): Promise<Record<string, string>> {
  if (kind.subject === 'parent') return {};
  // of what was returned, as it was last kept half mended
  const mended = record.state === 'draft' ? undefined : await findPersonOfDraft(host.db, record.id);
  const person = mended ?? (await personShown(host.db, actor, record));
  if (!person) return {};
  const all: Record<string, string> = {
    id_type: person.idType,
    id_no: await host.numberOf(person.id),
    ...basicsOf(person),
    ...(person.kind === 'child' && (await motherOf(host, person.id))),
  };
  const asked: readonly string[] = IDENTITY_FIELDS[kind.subject];
  return Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name)));
}

/** What the register of births says of a child within sight, as the form of a kind types it; undefined out of sight. */
export async function typedBirth(
  pages: KindPages,
  actor: Actor,
  childId: string,
): Promise<Record<string, string> | undefined> {
  const { host, kind } = pages;
  if (kind.subject !== 'child' || !(await isBirthInSight(host.db, actor.scope, childId))) return undefined;
  const [person, birth] = await Promise.all([
    findPatient(host.db, { id: childId }),
    readBirth(host.db, host.keyring, childId),
  ]);
  if (!person || !birth) return undefined;
  const look = { ...seenBy(actor), patientId: childId, recordId: null, deed: 'find' as const };
  await recordAccess(host.db, { ...look, at: host.clock() });
  return {
    id_type: person.idType,
    id_no: await host.numberOf(childId),
    ...basicsOf(person),
    mother_name: birth.motherName,
    mother_id_no: birth.motherIdNo,
    ...(asksOfBirth(kind) && {
      birth_unit: birth.unitCode ?? '',
      gestation_days: birth.gestationDays === null ? '' : weeksOf(birth.gestationDays),
      birth_weight: String(birth.birthWeight ?? ''),
      guardian_name: birth.guardianName ?? '',
      guardian_phone: birth.guardianPhone ?? '',
      residence_town: birth.residenceTown,
    }),
  };
}

/** Whose child it is, for a form about a child that belongs to a record of its mother. */
export async function typedOfMother(
  { host, kind }: KindPages,
  actor: Actor,
  parent: FullRecord | undefined,
): Promise<Record<string, string>> {
  if (kind.subject !== 'child' || !parent?.patientId) return {};
  const mother = await findPatient(host.db, { id: parent.patientId });
  if (mother?.kind !== 'mother') return {};
  const look = { ...seenBy(actor), patientId: mother.id, recordId: parent.id, deed: 'find' as const };
  await recordAccess(host.db, { ...look, at: host.clock() });
  return {
    mother_name: mother.name,
    mother_id_no: await host.numberOf(mother.id),
    residence_town: parent.residenceTown,
  };
}

/** The fields of a person that forms of every kind ask in the same words. */
export const basicsOf = (person: Patient) => ({
  name: person.name,
  birth_date: person.birthDate,
  birth_at: person.birthAt ? taipeiMinute(person.birthAt) : '',
  birth_order: person.birthOrder === null ? '' : String(person.birthOrder),
  sex: person.sex ?? '',
});

async function motherOf(host: KindPages['host'], childId: string): Promise<Record<string, string>> {
  const birth = await readBirth(host.db, host.keyring, childId);
  return birth ? { mother_name: birth.motherName, mother_id_no: birth.motherIdNo } : {};
}
