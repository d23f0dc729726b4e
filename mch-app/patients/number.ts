import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { maskNationalId, normaliseNationalId } from '#kit/taiwan/identifiers.ts';

const PURPOSE = 'patient-id';
const MOTHER = 'mother-id';
const INDEX = 'patient-id-index';

/** The digests a number may be stored under, one for each master key, newest first. */
export function numberIndexes(keyring: Keyring, number: string): [Buffer, ...Buffer[]] {
  return keyring.derive(INDEX).map((key) => keyedDigest(key, normaliseNationalId(number))) as [
    Buffer,
    ...Buffer[],
  ];
}

/** The digests of a birth: a child without a number is known by its mother, its day and its order. */
export function birthIndexes(
  keyring: Keyring,
  birth: { motherIdNo: string; birthDate: string; birthOrder: number },
): [Buffer, ...Buffer[]] {
  return numberIndexes(
    keyring,
    `${normaliseNationalId(birth.motherIdNo)}|${birth.birthDate}|${birth.birthOrder}`,
  );
}

/** The digest a draft's number stands under: of this draft alone, so that nobody is found by it. */
export function draftNumberIndex(keyring: Keyring, number: string, recordId: string): Buffer {
  return numberIndexes(keyring, `${number}|${recordId}`)[0];
}

/** The number sealed for one person's row. */
export function sealNumber(keyring: Keyring, number: string, patientId: string): Buffer {
  return keyring.seal(PURPOSE, Buffer.from(normaliseNationalId(number)), patientId);
}

/** A mother's number, as it stands with her child on the register. */
export function sealMothersNumber(keyring: Keyring, number: string, childId: string): Buffer {
  return keyring.seal(MOTHER, Buffer.from(normaliseNationalId(number)), childId);
}

/** @throws Error when the value was altered or stands with another child */
export function openMothersNumber(keyring: Keyring, sealed: Uint8Array, childId: string): string {
  return keyring.open(MOTHER, sealed, childId).toString('utf8');
}

/** @throws Error when the value was altered or belongs to another person */
export function openNumber(keyring: Keyring, sealed: Uint8Array, patientId: string): string {
  return keyring.open(PURPOSE, sealed, patientId).toString('utf8');
}

/** What pages show of a number. */
export const hintOf = (number: string): string => (number === '' ? '' : maskNationalId(number));
