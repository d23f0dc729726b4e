import { createHash } from 'node:crypto';
import { type CryptoKey, SignJWT, exportJWK } from 'jose';
import type { CryptoKeyPair } from 'openid-client';

export interface ProofOptions {
  /** Claims instead of, or beside, the right ones; undefined leaves one out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  accessToken?: string;
  /** Signs with this one while the header names the other. */
  signer?: CryptoKey;
}

/** A DPoP proof (RFC 9449 §4.2) for one request, right unless told otherwise. */
export async function makeProof(
  key: CryptoKeyPair,
  method: string,
  url: string,
  options: ProofOptions = {},
): Promise<string> {
  const { accessToken, signer = key.privateKey } = options;
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const claims = { htm: method, htu: url, jti: crypto.randomUUID(), iat, ...(ath && { ath }) };
  const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(key.publicKey), ...options.header };
  return new SignJWT({ ...claims, ...options.claims }).setProtectedHeader(header).sign(signer);
}
