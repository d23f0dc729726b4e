import { type JWK, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

const MOST_KEYS = 4;

const privateKey = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1).max(200),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** Keys of ours, the signing one first, with their private parts. */
export interface PrivateKeys {
  keys: z.infer<typeof privateKey>[];
}

const keySet = z.looseObject({ keys: z.array(privateKey).min(1).max(MOST_KEYS) });

/** A setting that holds a JSON Web Key Set with private keys for ES256. */
export const privateKeys = z.string().transform((text, context): PrivateKeys => {
  const parsed = keySet.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({
    code: 'custom',
    message: 'must be a JSON Web Key Set of private P-256 keys, each with a kid',
  });
  return z.NEVER;
});

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Their public parts, and nothing else of them. */
export function publicKeys({ keys }: PrivateKeys): { keys: JWK[] } {
  return {
    keys: keys.map(({ kty, crv, kid, x, y }) => ({ kty, crv, kid, x, y, alg: 'ES256', use: 'sig' })),
  };
}

/** Whether a key is in both: federation keys do nothing but sign for the federation (§3.1.1). */
export function sharesKey(one: PrivateKeys, other: PrivateKeys): boolean {
  return one.keys.some(({ x }) => other.keys.some((key) => key.x === x));
}

/** A set of one new key, named by its thumbprint. */
export async function makePrivateKeys(): Promise<{ keys: JWK[] }> {
  const { privateKey: key } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(key);
  return { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk) }] };
}
