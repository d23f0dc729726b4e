import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { normaliseNationalId } from '#kit/taiwan/identifiers.ts';

const PURPOSE = 'national-id';
const INDEX = 'national-id-index';

/** A keyed digest to find a number again: equal numbers, equal digests; nothing to guess from a dump. */
export function nationalIdIndex(keyring: Keyring, nationalId: string): Buffer {
  return nationalIdIndexes(keyring, nationalId)[0];
}

/** The digests it may be stored under, one for each master key, newest first: for looking it up while keys change. */
export function nationalIdIndexes(keyring: Keyring, nationalId: string): [Buffer, ...Buffer[]] {
  const number = normaliseNationalId(nationalId);
  return keyring.derive(INDEX).map((key) => keyedDigest(key, number)) as [Buffer, ...Buffer[]];
}

/** The number sealed for one account's row: moved to another row it no longer opens. */
export function sealNationalId(keyring: Keyring, nationalId: string, accountId: string): Buffer {
  return keyring.seal(PURPOSE, Buffer.from(normaliseNationalId(nationalId)), accountId);
}

/** @throws Error when the value was altered or belongs to another account */
export function openNationalId(keyring: Keyring, sealed: Uint8Array, accountId: string): string {
  return keyring.open(PURPOSE, sealed, accountId).toString('utf8');
}
