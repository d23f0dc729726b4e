import type { Db, Trx } from '#db/mch/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { openMothersNumber } from './number.ts';
import { findBirth, findPlace, keepBirthFacts } from './store/births.ts';
import type { Birth, BirthFacts } from './types.ts';

/** What the register says of a child, its mother's number open: for a form about it. */
export async function readBirth(
  db: Db,
  keyring: Keyring,
  childId: string,
): Promise<(Birth & { motherIdNo: string }) | undefined> {
  const found = await findBirth(db, childId);
  if (!found) return undefined;
  const { motherSealed, ...birth } = found;
  return { ...birth, motherIdNo: openMothersNumber(keyring, motherSealed, childId) };
}

/**
 * Puts a child on the register, or what a later form knows better. A unit of birth given by its code alone is placed
 * where that unit lies, as far as it is known.
 */
export async function registerBirth(
  trx: Trx,
  childId: string,
  { birthUnit, ...facts }: Omit<BirthFacts, 'unit'> & { birthUnit: string | BirthFacts['unit'] },
  at: Date,
): Promise<void> {
  const unit =
    typeof birthUnit === 'string'
      ? ((await findPlace(trx, birthUnit)) ?? { code: birthUnit, county: '', town: '' })
      : birthUnit;
  await keepBirthFacts(trx, childId, { ...facts, unit }, at);
}
