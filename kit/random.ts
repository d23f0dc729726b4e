import {
  type KeyObject,
  createHmac,
  createSecretKey,
  hash,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';

/** Asking for many bytes at once costs as much as asking for few. */
const POOL = 4096;
let pool = Buffer.alloc(0);
let taken = 0;

/** `bytes` of CSPRNG output as base64url; 24 bytes (192 bits) by default. */
export function randomToken(bytes = 24): string {
  if (taken + bytes > pool.length) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL, bytes)));
    taken = 0;
  }
  const token = pool.toString('base64url', taken, taken + bytes);
  pool.fill(0, taken, taken + bytes); // given out, it is nowhere else
  taken += bytes;
  return token;
}

/** SHA-256 of a bearer secret: what is stored instead of it. */
export function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** HMAC-SHA256, for values that must be found again but never guessed from a dump. */
export function keyedDigest(key: Uint8Array, value: string): Buffer {
  let known = keys.get(key);
  if (!known) {
    known = createSecretKey(key);
    keys.set(key, known);
  }
  return createHmac('sha256', known).update(value).digest();
}

/** Taking bytes as a key costs five times the HMAC. */
const keys = new WeakMap<Uint8Array, KeyObject>();

/** Constant-time equality of two strings of any length. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}
