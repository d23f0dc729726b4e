import type { Keyring } from '#kit/keyring.ts';
import type { Personal } from './types.ts';

const PERSONAL = 'enrollment';
const SCAN = 'enrollment-scan';

/** What an applicant typed about themself, sealed for the row of this application. */
export function sealPersonal(keyring: Keyring, id: string, personal: Personal): Buffer {
  return keyring.seal(PERSONAL, Buffer.from(JSON.stringify(personal)), id);
}

/** @throws Error when it was altered or belongs to another application */
export function openPersonal(keyring: Keyring, id: string, sealed: Uint8Array): Personal {
  return JSON.parse(keyring.open(PERSONAL, sealed, id).toString('utf8')) as Personal;
}

/** A scanned form, sealed for its application. */
export function sealScan(keyring: Keyring, id: string, bytes: Uint8Array): Buffer {
  return keyring.seal(SCAN, bytes, id);
}

export function openScan(keyring: Keyring, id: string, sealed: Uint8Array): Buffer {
  return keyring.open(SCAN, sealed, id);
}
