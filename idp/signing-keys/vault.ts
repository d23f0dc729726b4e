import { constants, createPrivateKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type JWK, type JWTPayload, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { ConfigurationError } from '#kit/errors.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { PublishedKey, SigningAlgorithm, SigningKey } from './types.ts';

/** Where private keys are kept: in the keyring's HSM where it has one, else sealed in the database. */
export interface Vault {
  keyring: Keyring;
}

export type KeyPair = Pick<SigningKey, 'kid' | 'alg' | 'publicJwk' | 'privateSealed' | 'tokenReference'>;

const PURPOSE = 'signing-key';
const RSA_BITS = 3072;
/** RFC 7518 §3.5: the salt is as long as the hash. */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const signWith = promisify(sign);

/**
 * Makes a key pair. Its private half never leaves the HSM, or leaves this function sealed, with the kid bound
 * into the seal.
 * @throws HsmError
 */
async function makeKeyPair({ keyring }: Vault, alg: SigningAlgorithm): Promise<KeyPair> {
  if (keyring.hsm) {
    if (alg === 'PS256' || alg === 'EdDSA') throw new ConfigurationError(`no HSM makes ${alg} keys here`);
    const { reference, publicJwk } = await keyring.hsm.generate(alg, `single-entry ${alg}`);
    return { ...(await identify(publicJwk, alg)), privateSealed: undefined, tokenReference: reference };
  }
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: RSA_BITS });
  const identity = await identify(await exportJWK(pair.publicKey), alg);
  return sealKey({ keyring }, { ...identity, privateJwk: await exportJWK(pair.privateKey) });
}

/** Seals a private key, with the kid bound into the seal. */
export function sealKey(
  { keyring }: Vault,
  { privateJwk, ...key }: Pick<SigningKey, 'kid' | 'alg' | 'publicJwk'> & { privateJwk: JWK },
): KeyPair {
  const privateSealed = keyring.seal(PURPOSE, Buffer.from(JSON.stringify(privateJwk)), key.kid);
  return { ...key, privateSealed, tokenReference: undefined };
}

/**
 * Makes a pair for each algorithm and hands them to `deed`, which takes those it needs. What was not taken, or
 * was taken by a deed that failed, leaves the HSM again.
 */
export async function withKeyPairs<T>(
  vault: Vault,
  algorithms: readonly SigningAlgorithm[],
  deed: (take: (alg: SigningAlgorithm) => KeyPair | undefined) => Promise<T>,
): Promise<T> {
  const left = new Set(await Promise.all(algorithms.map((alg) => makeKeyPair(vault, alg))));
  const taken = new Set<KeyPair>();
  const take = (alg: SigningAlgorithm): KeyPair | undefined => {
    const pair = [...left].find((candidate) => candidate.alg === alg);
    if (pair && left.delete(pair)) taken.add(pair);
    return pair;
  };
  try {
    return await deed(take);
  } catch (error) {
    for (const pair of taken) left.add(pair);
    throw error;
  } finally {
    await Promise.all([...left].map((pair) => discard(vault, pair)));
  }
}

/** A key that stays behind in the HSM signs nothing: not worth failing for. */
async function discard({ keyring }: Vault, { tokenReference }: KeyPair): Promise<void> {
  if (tokenReference !== undefined) await keyring.hsm?.destroy(tokenReference).catch(() => {});
}

async function identify(publicJwk: JWK, alg: SigningAlgorithm) {
  const kid = await calculateJwkThumbprint(publicJwk);
  return { kid, alg, publicJwk: { ...publicJwk, kid, alg, use: 'sig' } };
}

/** A key ready to sign. @throws Error when it cannot be opened with the master keys, or is in an HSM not set up */
export function openKey({ keyring }: Vault, key: SigningKey): PublishedKey {
  const { kid, alg, privateSealed, tokenReference } = key;
  const publicJwk = { ...key.publicJwk, kid, alg, use: 'sig' };
  if (privateSealed === undefined) {
    const { hsm } = keyring;
    if (!hsm) throw new Error(`the signing key ${kid} is in an HSM, and none is set up (IDP_HSM_MODULE)`);
    const inToken = (input: Uint8Array) =>
      hsm.sign(tokenReference ?? '', alg === 'ES256' ? alg : 'RS256', input);
    return { kid, alg, publicJwk, privateJwk: undefined, sign: inToken };
  }
  const jwk = JSON.parse(keyring.open(PURPOSE, privateSealed, kid).toString('utf8')) as JWK;
  const inProcess = (input: Uint8Array): Promise<Uint8Array> =>
    signWith(alg === 'EdDSA' ? null : 'sha256', input, {
      key: createPrivateKey({ key: jwk, format: 'jwk' }),
      dsaEncoding: 'ieee-p1363',
      ...(alg === 'PS256' && PSS),
    });
  return { kid, alg, publicJwk, privateJwk: { ...jwk, kid, alg, use: 'sig' }, sign: inProcess };
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
