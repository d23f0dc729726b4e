import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { ConfigurationError } from './errors.ts';
import { readMasterKeys } from './master-keys.ts';
import type { Hsm } from './pkcs11/hsm.ts';

/**
 * Secrets derived from the master keys. The newest key seals and signs; all of them open and verify, so a key
 * is replaced by putting the new one in front and removing the old one later.
 */
export interface Keyring {
  /** AES-256-GCM; `context` names the row the value belongs to and must be given again to open it. */
  seal(purpose: string, plaintext: Uint8Array, context: string): Buffer;
  /** @throws Error when the value was altered, moved to another context, or sealed by an unknown key */
  open(purpose: string, sealed: Uint8Array, context: string): Buffer;
  /** The same sealed by the newest key; undefined when it is already. @throws Error like `open` */
  reseal(purpose: string, sealed: Uint8Array, context: string): Buffer | undefined;
  /** 32 bytes for `purpose` from each master key, newest first; then those carried for it. */
  derive(purpose: string): [Buffer, ...Buffer[]];
  /** Adds what a master key derived for `purpose` that is in the ring no more. */
  carry(purpose: string, derived: Buffer): void;
  /** Names of the master keys, newest first. They tell nothing of the keys. */
  readonly keyIds: string[];
  /** The device that keeps and uses private keys, where there is one. */
  readonly hsm: Hsm | undefined;
}

const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param masterKeys base64 of 32 bytes each, newest first, separated by commas or lines */
export function createKeyring(masterKeys: string, hsm?: Hsm): Keyring {
  const keys = readMasterKeys(masterKeys);
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) {
    throw new ConfigurationError('A master key must be 32 bytes in base64 (openssl rand -base64 32).');
  }
  const memo = new Map<string, Buffer>();
  const carried = new Map<string, Buffer[]>();
  const subkey = (key: Buffer, purpose: string): Buffer => {
    const at = `${keys.indexOf(key)}:${purpose}`;
    let derived = memo.get(at);
    if (!derived) {
      derived = Buffer.from(hkdfSync('sha256', key, '', `single-entry:${purpose}`, 32));
      memo.set(at, derived);
    }
    return derived;
  };
  const idOf = (key: Uint8Array): Buffer =>
    createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);

  const keyring: Keyring = {
    hsm,
    seal(purpose, plaintext, context) {
      const key = keys[0] as Buffer;
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', subkey(key, purpose), nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return Buffer.concat([idOf(key), nonce, cipher.getAuthTag(), body]);
    },
    open(purpose, sealed, context) {
      const bytes = Buffer.from(sealed);
      const id = bytes.subarray(0, KEY_ID_BYTES);
      const key = keys.find((candidate) => idOf(candidate).equals(id));
      if (!key) throw new Error('sealed by a key that is not in the ring');
      const nonce = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
      const tagEnd = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', subkey(key, purpose), nonce, {
        authTagLength: TAG_BYTES, // one cut short would be easier to guess
      });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(KEY_ID_BYTES + NONCE_BYTES, tagEnd));
      return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
    },
    reseal(purpose, sealed, context) {
      const newest = idOf(keys[0] as Buffer);
      if (newest.equals(sealed.subarray(0, KEY_ID_BYTES))) return undefined;
      return keyring.seal(purpose, keyring.open(purpose, sealed, context), context);
    },
    derive: (purpose) =>
      [...keys.map((key) => subkey(key, purpose)), ...(carried.get(purpose) ?? [])] as [Buffer, ...Buffer[]],
    carry(purpose, derived) {
      const others = carried.get(purpose) ?? [];
      if (!others.some((other) => other.equals(derived))) carried.set(purpose, [...others, derived]);
    },
    keyIds: keys.map((key) => idOf(key).toString('hex')),
  };
  return keyring;
}

/** The name of the master key a value is sealed under, in or out of the ring. */
export function sealedUnder(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(0, KEY_ID_BYTES)).toString('hex');
}
