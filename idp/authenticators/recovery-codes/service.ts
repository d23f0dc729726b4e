import { randomBytes } from 'node:crypto';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest } from '#kit/random.ts';
import { consumeCode, replaceCodes } from './store.ts';

export { countUnused as countRecoveryCodes, deleteCodes as deleteRecoveryCodes } from './store.ts';

const COUNT = 10;
const LENGTH = 10;
/** Crockford's base 32: nothing that can be taken for something else. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** As typed: blanks and hyphens left out, capitals, and what Crockford reads alike. */
function normalise(typed: string): string {
  const text = typed.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
  return text.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

/** Whether this is meant as a recovery code, and not as one of an authenticator app. */
export function readsAsRecoveryCode(typed: string): boolean {
  return CODE.test(normalise(typed));
}

/** Ten new codes of 50 bits, `12345-6789A`; those before are void. They are never to be seen again. */
export async function issueRecoveryCodes(
  trx: Trx,
  keyring: Keyring,
  accountId: string,
  at: Date,
): Promise<string[]> {
  const codes = Array.from({ length: COUNT }, () =>
    Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join(''),
  );
  const digests = codes.map((code) => digestsOf(keyring, accountId, code)[0]);
  await replaceCodes(trx, accountId, digests, at);
  return codes.map((code) => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`);
}

/** Uses a code up. @returns false when it is not this account's, or was used: of two at once, one wins */
export async function redeemRecoveryCode(
  db: Db,
  keyring: Keyring,
  attempt: { accountId: string; typed: string; now: Date },
): Promise<boolean> {
  const { accountId, typed, now } = attempt;
  return consumeCode(db, accountId, digestsOf(keyring, accountId, normalise(typed)), now);
}

/** One for each master key, newest first: codes written down under an older one go on working. */
function digestsOf(keyring: Keyring, accountId: string, code: string): [Buffer, ...Buffer[]] {
  const keys = keyring.derive('recovery-code');
  return keys.map((key) => keyedDigest(key, `${accountId}:${code}`)) as [Buffer, ...Buffer[]];
}
