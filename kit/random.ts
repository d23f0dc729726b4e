import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** `bytes` of CSPRNG output as base64url; 24 bytes (192 bits) by default. */
export function randomToken(bytes = 24): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 of a bearer secret: what is stored instead of it. */
export function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** HMAC-SHA256, for values that must be found again but never guessed from a dump. */
export function keyedDigest(key: Uint8Array, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest();
}

/** Constant-time equality of two strings of any length. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}
