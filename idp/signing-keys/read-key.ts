import { type KeyObject, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type JWK, calculateJwkThumbprint } from 'jose';
import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';
import type { SigningAlgorithm } from './types.ts';

/** A private key somebody brings. */
export interface ForeignKey {
  kid: string;
  alg: SigningAlgorithm;
  publicJwk: JWK;
  privateJwk: JWK;
}

const RSA_BITS = { least: 2048, most: 8192 };
const RSA_EXPONENT = 65_537n;

/** What else a JWK may say of itself (RFC 7517 §4). */
const jwkSchema = z.looseObject({
  kty: z.string(),
  kid: z
    .string()
    .regex(/^[\w.~-]{1,128}$/, 'has a kid of other than 1–128 plain characters')
    .optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});

/**
 * Reads one private key, PKCS#8, PKCS#1 or SEC 1 in PEM, or a JWK: P-256 for ES256, RSA of at least 2048 bits for
 * RS256. Its kid is the JWK's own, else its thumbprint (RFC 7638).
 * @throws ConfigurationError in one sentence that says nothing of the key
 */
export async function readForeignKey(text: string): Promise<ForeignKey> {
  const told = text.trimStart().startsWith('{') ? readJwk(text) : undefined;
  const key = parseKey(told, text);
  const alg = algorithmOf(key);
  if (told?.alg !== undefined && told.alg !== alg)
    refuse(`is for ${told.alg}; a key of this type signs ${alg}`);
  if (told?.use !== undefined && told.use !== 'sig') refuse('is not for signing (use)');
  if (told?.key_ops && !told.key_ops.includes('sign')) refuse('is not for signing (key_ops)');
  provePair(key);
  const publicJwk = createPublicKey(key).export({ format: 'jwk' }) as JWK;
  const kid = told?.kid ?? (await calculateJwkThumbprint(publicJwk));
  const named = { kid, alg, use: 'sig' };
  return {
    kid,
    alg,
    publicJwk: { ...publicJwk, ...named },
    privateJwk: key.export({ format: 'jwk' }),
  };
}

function readJwk(text: string): z.output<typeof jwkSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('is no JSON');
  }
  if (value !== null && typeof value === 'object' && 'keys' in value) refuse('is a set; give one JWK');
  const parsed = jwkSchema.safeParse(value);
  if (!parsed.success)
    refuse(parsed.error.issues[0]?.path[0] === 'kid' ? 'has an unusable kid' : 'is no JWK');
  if (!('d' in parsed.data)) refuse('is a public one; the private half is needed');
  return parsed.data;
}

function parseKey(jwk: Record<string, unknown> | undefined, pem: string): KeyObject {
  try {
    return jwk ? createPrivateKey({ key: jwk, format: 'jwk' }) : createPrivateKey(pem);
  } catch {
    return refuse('is no private key in PEM (unencrypted) or as a JWK');
  }
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  const { namedCurve, modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') {
    return namedCurve === 'prime256v1' ? 'ES256' : refuse('is on another curve than P-256');
  }
  if (key.asymmetricKeyType !== 'rsa') return refuse('is neither P-256 (ES256) nor RSA (RS256)');
  if (modulusLength < RSA_BITS.least)
    return refuse(`has ${modulusLength} bits; ${RSA_BITS.least} are the least`);
  if (modulusLength > RSA_BITS.most) return refuse(`has more than ${RSA_BITS.most} bits`);
  return publicExponent === RSA_EXPONENT ? 'RS256' : refuse(`has another exponent than ${RSA_EXPONENT}`);
}

/** The halves must belong together, or nothing it signs could be verified. */
function provePair(key: KeyObject): void {
  const probe = Buffer.from('a signature to see that both halves belong together');
  let proven: boolean;
  try {
    proven = verify('sha256', probe, createPublicKey(key), sign('sha256', probe, key));
  } catch {
    proven = false;
  }
  if (!proven) refuse('does not sign what its public half verifies');
}

function refuse(why: string): never {
  throw new ConfigurationError(`the key ${why}`);
}
