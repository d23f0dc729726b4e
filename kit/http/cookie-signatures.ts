import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/**
 * Signs cookies as Keygrip does (HMAC-SHA1, base64url), in the form that Koa takes in its place. Keygrip itself makes
 * each key anew for each cookie and compares by two more HMACs, which costs more than the rest of reading a session.
 */
export class CookieSignatures {
  readonly #keys: KeyObject[];

  /** @param keys newest first: the first signs, all verify */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => createSecretKey(key, 'utf8'));
  }

  sign(data: string): string {
    const [newest] = this.#keys;
    if (!newest) throw new Error('no key to sign cookies with');
    return signatureOf(newest, data);
  }

  verify(data: string, signature: string): boolean {
    return this.index(data, signature) >= 0;
  }

  /** @returns which of the keys has signed it, else -1 */
  index(data: string, signature: string): number {
    const given = Buffer.from(signature);
    return this.#keys.findIndex((key) => {
      const right = Buffer.from(signatureOf(key, data));
      return given.length === right.length && timingSafeEqual(given, right);
    });
  }
}

function signatureOf(key: KeyObject, data: string): string {
  return createHmac('sha1', key).update(data).digest('base64url');
}
