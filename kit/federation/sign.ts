import { type CryptoKey, SignJWT } from 'jose';
import type { JsonObject } from './types.ts';

/** A federation entity key with which to sign. */
export interface FederationSigner {
  kid: string;
  alg: string;
  sign(typ: string, claims: JsonObject): Promise<string>;
}

/** A signer that has its private key in this process. */
export function createSigner(key: CryptoKey, kid: string, alg: string): FederationSigner {
  return {
    kid,
    alg,
    sign: (typ, claims) => new SignJWT(claims).setProtectedHeader({ alg, kid, typ }).sign(key),
  };
}
