import { randomUUID } from 'node:crypto';
import type { Trx } from '#db/mch/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { birthIndexes, hintOf, numberIndexes, sealMothersNumber, sealNumber } from './number.ts';
import { keepMotherOf } from './store/births.ts';
import {
  findPatient,
  insertPatient,
  insertPregnancy,
  listPregnancies,
  lockNumber,
  setPregnancy,
  updatePatient,
} from './store/people.ts';
import type { Identity, Patient } from './types.ts';

const WEEK_MS = 7 * 86_400_000;
/** A due date so much later belongs to the next pregnancy, unless the one before is closed. */
const NEXT_PREGNANCY_WEEKS = 20;

export interface PatientDeps {
  keyring: Keyring;
  now: Date;
}

/** What a form says of a person leads to the row of somebody else. */
export class AnotherPerson extends Error {
  readonly reason: 'other_kind' | 'other_number';

  constructor(reason: AnotherPerson['reason']) {
    super(reason);
    this.reason = reason;
  }
}

function indexesOf(who: Identity, keyring: Keyring) {
  return {
    indexes: who.idType === 'none' ? undefined : numberIndexes(keyring, who.idNo),
    births:
      who.kind === 'child' && who.birthOrder !== undefined
        ? birthIndexes(keyring, { ...who, birthOrder: who.birthOrder })
        : undefined,
  };
}

/**
 * Whom a form means, of those on record: by number, a child also by its birth. Nothing is changed.
 * @throws AnotherPerson when that is somebody of another kind, or a child that has another number
 */
export async function findMeant(trx: Trx, who: Identity, keyring: Keyring): Promise<Patient | undefined> {
  const { indexes, births } = indexesOf(who, keyring);
  const numbered = indexes && (await findPatient(trx, { indexes }));
  const found = numbered ?? (births && (await findPatient(trx, { birthIndexes: births })));
  if (found && found.kind !== who.kind) throw new AnotherPerson('other_kind');
  if (found && !numbered && indexes && found.idType !== 'none') throw new AnotherPerson('other_number');
  return found;
}

/**
 * The person of this identity: found by number, a child also by its birth, else made. What a later form says of the
 * name and birth is taken over; a newborn's first number joins its row.
 * @throws AnotherPerson when the number is of a mother and the form of a child, or the other way round; when the child
 * of this birth has another number. Never for people entered twice at once: the second finds the first
 */
export async function keepPatient(trx: Trx, who: Identity, deps: PatientDeps): Promise<string> {
  const { keyring, now: at } = deps;
  const { indexes, births } = indexesOf(who, keyring);
  // by number and by birth alike: a child is entered with and without one at the same time
  for (const index of [indexes?.[0], births?.[0]]) if (index) await lockNumber(trx, index);
  const found = await findMeant(trx, who, keyring);
  const known = {
    // a name made of the mother's never replaces one that was given
    ...((who.isNamed || !found) && { name: who.name }),
    birthDate: who.birthDate,
    ...(who.kind === 'child' && {
      birthAt: who.birthAt ?? null,
      birthOrder: who.birthOrder ?? null,
      sex: who.sex ?? null,
    }),
  };
  const number = (id: string) => ({
    idType: who.idType,
    idSealed: indexes ? sealNumber(keyring, who.idNo, id) : null,
    idIndex: indexes?.[0] ?? null,
    idHint: hintOf(who.idNo),
  });
  if (found) {
    const gains = found.idType === 'none' && indexes ? number(found.id) : undefined;
    await updatePatient(trx, found.id, known, gains, at);
    await keepMotherTold(trx, found.id, who, keyring);
    return found.id;
  }
  const motherId = who.kind === 'child' ? await keepMother(trx, who, deps) : null;
  const id = randomUUID();
  await insertPatient(trx, {
    ...number(id),
    id,
    kind: who.kind,
    name: who.name,
    birthDate: who.birthDate,
    birthAt: who.birthAt ?? null,
    birthOrder: who.birthOrder ?? null,
    sex: who.sex ?? null,
    motherId,
    birthIndex: births?.[0] ?? null,
    at,
  });
  await keepMotherTold(trx, id, who, keyring);
  return id;
}

/** Whose child it is, as this form says. */
export async function keepMotherTold(
  trx: Trx,
  childId: string,
  who: Identity,
  keyring: Keyring,
): Promise<void> {
  if (who.kind !== 'child') return;
  const sealed = sealMothersNumber(keyring, who.motherIdNo, childId);
  await keepMotherOf(trx, childId, { name: who.motherName, sealed });
}

/** The child's mother, when she is on record; a name and number alone make nobody. */
async function keepMother(trx: Trx, who: Identity, { keyring }: PatientDeps): Promise<string | null> {
  const mother = await findPatient(trx, { indexes: numberIndexes(keyring, who.motherIdNo) });
  return mother?.id ?? null;
}

/**
 * The pregnancy a due date belongs to: one within twenty weeks of it, whose date follows the newest form. A later date
 * opens the next pregnancy and closes the one before; an earlier one of a pregnancy nobody recorded is kept closed.
 */
export async function keepPregnancy(trx: Trx, motherId: string, edc: string, today: string): Promise<string> {
  const known = await listPregnancies(trx, motherId);
  const same = known.find((one) => weeksBetween(one.edc, edc) < NEXT_PREGNANCY_WEEKS);
  if (same) {
    if (same.edc !== edc) await setPregnancy(trx, same.id, { edc });
    return same.id;
  }
  const open = known.find(({ isOpen }) => isOpen);
  const isPast = open !== undefined && edc < open.edc;
  if (open && !isPast) await setPregnancy(trx, open.id, { closedOn: today });
  const id = randomUUID();
  const seq = Math.min((known[0]?.seq ?? 0) + 1, 20);
  await insertPregnancy(trx, { id, motherId, seq, edc, openedOn: today, closedOn: isPast ? today : null });
  return id;
}

function weeksBetween(from: string, to: string): number {
  return Math.abs(Date.parse(to) - Date.parse(from)) / WEEK_MS;
}
