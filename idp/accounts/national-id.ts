import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';

const PURPOSE = 'national-id';
const INDEX = 'national-id-index';

/** The number as it is compared: full-width forms unified, upper case, no blanks. */
function normalise(nationalId: string): string {
  return nationalId.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
}

/** A keyed digest to find a number again: equal numbers, equal digests; nothing to guess from a dump. */
export function nationalIdIndex(keyring: Keyring, nationalId: string): Buffer {
  return keyedDigest(keyring.derive(INDEX)[0], normalise(nationalId));
}

/** The number sealed for one account's row: moved to another row it no longer opens. */
export function sealNationalId(keyring: Keyring, nationalId: string, accountId: string): Buffer {
  return keyring.seal(PURPOSE, Buffer.from(normalise(nationalId)), accountId);
}

/** @throws Error when the value was altered or belongs to another account */
export function openNationalId(keyring: Keyring, sealed: Uint8Array, accountId: string): string {
  return keyring.open(PURPOSE, sealed, accountId).toString('utf8');
}
