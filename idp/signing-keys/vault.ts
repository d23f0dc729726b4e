import { createPrivateKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type JWK, type JWTPayload, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { Keyring } from '#kit/keyring.ts';
import type { PublishedKey, SigningAlgorithm, SigningKey } from './types.ts';

/** Where private keys are kept. */
export interface Vault {
  keyring: Keyring;
}

export type KeyPair = Pick<SigningKey, 'kid' | 'alg' | 'publicJwk' | 'privateSealed'>;

const PURPOSE = 'signing-key';
const RSA_BITS = 3072;
const signWith = promisify(sign);

/** Makes a key pair; its private half leaves this function sealed, with the kid bound into the seal. */
export async function makeKeyPair({ keyring }: Vault, alg: SigningAlgorithm): Promise<KeyPair> {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: RSA_BITS });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateJwk = await exportJWK(pair.privateKey);
  return {
    kid,
    alg,
    publicJwk: { ...publicJwk, kid, alg, use: 'sig' },
    privateSealed: keyring.seal(PURPOSE, Buffer.from(JSON.stringify(privateJwk)), kid),
  };
}

/** A key ready to sign. @throws Error when it cannot be opened with the master keys */
export function openKey({ keyring }: Vault, key: SigningKey): PublishedKey {
  const { kid, alg } = key;
  const publicJwk = { ...key.publicJwk, kid, alg, use: 'sig' };
  const privateJwk = JSON.parse(keyring.open(PURPOSE, key.privateSealed, kid).toString('utf8')) as JWK;
  const signInput = (input: Uint8Array): Promise<Uint8Array> =>
    signWith('sha256', input, {
      key: createPrivateKey({ key: privateJwk, format: 'jwk' }),
      dsaEncoding: 'ieee-p1363',
    });
  return { kid, alg, publicJwk, privateJwk: { ...privateJwk, kid, alg, use: 'sig' }, sign: signInput };
}

/**
 * A JWS in compact form (RFC 7515 §7.1) by one of our keys.
 * @param typ names what kind of statement it is, so that none passes for another
 */
export async function signCompact(
  key: PublishedKey,
  typ: string,
  payload: JWTPayload | object,
): Promise<string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: key.alg, kid: key.kid, typ })}.${part(payload)}`;
  return `${input}.${Buffer.from(await key.sign(Buffer.from(input))).toString('base64url')}`;
}
