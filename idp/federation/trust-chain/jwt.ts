import { type JWK, compactVerify, importJWK } from 'jose';
import { z } from 'zod';
import { TrustFault } from './fault.ts';

export const SIGNING_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'EdDSA',
  'Ed25519',
];
export const MOST_BYTES = 64 * 1024;
const MOST_KEYS = 20;
const DEEPEST = 24;
/** How far another's clock may run ahead of ours. What has expired has expired. */
const SKEW_SECONDS = 60;
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']), kid: z.string().min(1).max(200) })
  .refine((key) => !PRIVATE_PARTS.some((part) => part in key));

/** OpenID Federation 1.0 §3: an entity's federation keys, each named, none private. */
export const jwksSchema = z
  .looseObject({ keys: z.array(publicKey).min(1).max(MOST_KEYS) })
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length);

export type Jwks = z.infer<typeof jwksSchema>;

/** @throws TrustFault when it is not in force at `now` */
export function checkTimes(
  { iat, exp }: { iat: number; exp?: number | undefined },
  now: Date,
  about?: string,
): void {
  const present = now.getTime() / 1000;
  if (iat > present + SKEW_SECONDS) throw new TrustFault('not_yet', about);
  if (exp !== undefined && exp <= present) throw new TrustFault('expired', about);
}

/** Which statement: who says it, and of whom. */
export function nameOf({ iss, sub }: { iss?: unknown; sub?: unknown }): string {
  const [by, of] = [iss, sub].map((name) => (typeof name === 'string' ? name : '?'));
  return by === of ? String(by) : `${by} → ${of}`;
}

/**
 * The claims of a JWT of one type, unverified, with bounds on size and nesting. Critical is nothing that we understand.
 * @throws TrustFault
 */
export function readJwt(token: string, type: string): unknown {
  if (token.length > MOST_BYTES) throw new TrustFault('too_large');
  const [head, payload, signature, ...more] = token.split('.');
  if (!head || !payload || !signature || more.length > 0) throw new TrustFault('malformed');
  const header = readPart(head) as Record<string, unknown> | null;
  if (typeof header !== 'object' || header?.['typ'] !== type) throw new TrustFault('wrong_type');
  const { alg, kid, crit } = header;
  if (typeof alg !== 'string' || !SIGNING_ALGORITHMS.includes(alg)) throw new TrustFault('algorithm');
  if (typeof kid !== 'string' || kid === '') throw new TrustFault('keys');
  if (crit !== undefined) throw new TrustFault('critical');
  const claims = readPart(payload) as { crit?: unknown; iss?: unknown; sub?: unknown } | null;
  // §13.4: none beyond the specification's own is understood, and those are never listed
  if (claims?.crit !== undefined) throw new TrustFault('critical', nameOf(claims));
  return claims;
}

/** One part of a JWT, unverified. @throws TrustFault */
export function readPart(part: string): unknown {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  const value = parsed(text);
  checkNames(text);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TrustFault('malformed');
  }
}

/**
 * No member twice (§6.1.2; whoever reads the other one reads another statement), and nesting within bounds. The text is
 * JSON: of anything else the search for the ends of its strings takes time by the square of its length.
 */
function checkNames(text: string): void {
  const open: Set<string>[] = [];
  for (const [found] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[[{\]}]/g)) {
    if (found === '[' || found === '{') open.push(new Set());
    else if (found === ']' || found === '}') open.pop();
    else if (found.endsWith(':')) {
      const name = String(JSON.parse(found.slice(0, -1)));
      if (open.at(-1)?.has(name)) throw new TrustFault('malformed', name);
      open.at(-1)?.add(name);
    }
    if (open.length > DEEPEST) throw new TrustFault('malformed');
  }
}

/**
 * OpenID Federation 1.0 §10.2: signed with the key of that set which the header names, and no other.
 * @throws TrustFault signature, keys
 */
export async function verifySignature(token: string, { keys }: Jwks): Promise<void> {
  const header = readPart(token.split('.')[0] ?? '') as { kid?: string; alg?: string };
  const key = keys.find(({ kid }) => kid === header.kid);
  const fits = key && (key['alg'] === undefined || key['alg'] === header.alg) && key['use'] !== 'enc';
  const name = (): string => nameOf(readPart(token.split('.')[1] ?? '') as { iss?: unknown; sub?: unknown });
  if (!fits) throw new TrustFault('keys', name());
  try {
    const imported = await importJWK(key as JWK, header.alg);
    await compactVerify(token, imported, { algorithms: SIGNING_ALGORITHMS });
  } catch {
    throw new TrustFault('signature', name());
  }
}
