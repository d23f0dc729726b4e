import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import { z } from 'zod';
import { type EntityIdRules, isEntityId } from './entity-id.ts';
import { FederationError, broken } from './errors.ts';
import { STANDARD_OPERATORS } from './policy-operators.ts';
import type { EntityStatement, EntityStatementClaims, KeySet } from './types.ts';

export const STATEMENT_TYPE = 'entity-statement+jwt';
/** A statement longer than this is not read: superiors sign a few keys and policies, not libraries. */
export const MOST_STATEMENT_BYTES = 64 * 1024;
/** What clocks may differ by, in seconds. */
export const SKEW_SECONDS = 60;
/** Asymmetric ones alone: a superior shares no secret with those below. */
export const ALGORITHMS = [
  ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519'],
];
const MOST_KEYS = 20;
const MOST_HINTS = 10;
const MOST_MARKS = 20;
const SECRET_MEMBERS = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

const jwk = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']), kid: z.string().min(1).max(200) })
  .refine((key) => SECRET_MEMBERS.every((name) => !(name in key)), 'a private key is published');

/** A key set whose keys are public and have names of their own. */
export const keySet = z
  .looseObject({ keys: z.array(jwk).min(1).max(MOST_KEYS) })
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'two keys have one kid');

const json: z.ZodType<unknown> = z.json();
const byType = (value: z.ZodType) => z.record(z.string().min(1), z.record(z.string().min(1), value));
const notNull = json.refine((value) => value !== null, 'null is no value');
const seconds = z.number().int().nonnegative();

function claimsOf(rules: EntityIdRules) {
  const entity = z.string().refine((value) => isEntityId(value, rules), 'no entity identifier');
  return z.looseObject({
    iss: entity,
    sub: entity,
    iat: seconds,
    exp: seconds,
    jwks: keySet,
    metadata: byType(notNull).optional(),
    crit: z.array(z.string()).min(1).optional(),
    authority_hints: z.array(entity).min(1).max(MOST_HINTS).optional(),
    trust_marks: z
      .array(z.looseObject({ trust_mark_type: z.string().min(1), trust_mark: z.string().min(1) }))
      .max(MOST_MARKS)
      .optional(),
    trust_mark_issuers: z.record(z.string(), z.array(entity)).optional(),
    trust_mark_owners: z.record(z.string(), z.looseObject({ sub: entity, jwks: keySet })).optional(),
    constraints: z
      .looseObject({
        max_path_length: z.number().int().nonnegative().optional(),
        naming_constraints: z
          .looseObject({
            permitted: z.array(z.string().min(1)).optional(),
            excluded: z.array(z.string().min(1)).optional(),
          })
          .optional(),
        allowed_entity_types: z
          .array(z.string().min(1))
          .refine((types) => !types.includes('federation_entity'), 'federation_entity is always allowed')
          .optional(),
      })
      .optional(),
    metadata_policy: byType(z.record(z.string().min(1), json)).optional(),
    metadata_policy_crit: z.array(z.string().min(1)).min(1).optional(),
    source_endpoint: z.url().optional(),
  });
}

const OWN_ALONE = ['authority_hints', 'trust_marks', 'trust_mark_issuers', 'trust_mark_owners'] as const;
const OF_OTHERS_ALONE = [
  'constraints',
  'metadata_policy',
  'metadata_policy_crit',
  'source_endpoint',
] as const;

/**
 * Reads an entity statement and checks its form (OpenID Federation 1.0 §3.3): its type, its algorithm, each claim, that
 * it holds no claim of the other kind of statement, and nothing critical that is not understood. Not its signature.
 * @throws FederationError `invalid_trust_chain`
 */
export function readStatement(jwt: string, nowSeconds: number, rules: EntityIdRules = {}): EntityStatement {
  if (Buffer.byteLength(jwt) > MOST_STATEMENT_BYTES) throw broken('a statement is too long');
  const { kid, payload } = openJwt(jwt, STATEMENT_TYPE);
  const read = claimsOf(rules).safeParse(payload);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw broken(`a statement's ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`);
  }
  const claims = read.data as unknown as EntityStatementClaims & { trust_anchor?: unknown };
  const isOwn = claims.iss === claims.sub;
  const misplaced = (isOwn ? OF_OTHERS_ALONE : OWN_ALONE).find((name) => claims[name] !== undefined);
  const what = `${claims.iss} about ${claims.sub}`;
  if (misplaced !== undefined) throw broken(`${what}: ${misplaced} does not belong there`);
  if (claims.trust_anchor !== undefined)
    throw broken(`${what}: trust_anchor is for registration answers alone`);
  // No extension is understood: whatever a superior calls critical ends it.
  if (claims.crit !== undefined) throw broken(`${what}: critical claims are not understood`);
  const unknown = claims.metadata_policy_crit?.filter((name) => !STANDARD_OPERATORS.has(name));
  if (claims.metadata_policy_crit !== undefined)
    throw broken(`${what}: critical operators: ${unknown?.join(' ') || 'standard ones are never listed'}`);
  checkTimes(claims, nowSeconds, what);
  return { jwt, kid, claims };
}

/** @throws FederationError unless it is in force now, give or take what clocks differ by */
export function checkTimes(
  { iat, exp }: { iat: number; exp?: number | undefined },
  nowSeconds: number,
  what: string,
): void {
  if (iat > nowSeconds + SKEW_SECONDS) throw broken(`${what}: issued in the future`);
  if (exp !== undefined && exp <= nowSeconds) throw broken(`${what}: expired`);
  if (exp !== undefined && exp <= iat) throw broken(`${what}: ends before it begins`);
}

/** The header and claims of a signed JWT of the type `typ`, which must name its key. @throws FederationError */
export function openJwt(jwt: string, typ: string): { kid: string; payload: unknown } {
  try {
    const header = decodeProtectedHeader(jwt);
    if (header.typ !== typ) throw new Error(`its type is not ${typ}`);
    if (header.alg === undefined || !ALGORITHMS.includes(header.alg))
      throw new Error('its algorithm is not allowed');
    if (typeof header.kid !== 'string' || header.kid === '') throw new Error('it names no key');
    if (header.crit !== undefined) throw new Error('its header has critical members');
    const payload: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return { kid: header.kid, payload };
  } catch (cause) {
    throw new FederationError(
      'invalid_trust_chain',
      `what should be ${typ} is none: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * Whether a JWT is signed by the key of `keys` that its header names.
 * @throws FederationError `invalid_trust_chain` when it is not
 */
export async function verifyBy(keys: KeySet, jwt: string, what: string): Promise<void> {
  const { kid, alg } = decodeProtectedHeader(jwt);
  const key = keys.keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw broken(`${what}: signed by a key that its issuer does not have`);
  if ((key.use ?? 'sig') !== 'sig' || (key.alg ?? alg) !== alg)
    throw broken(`${what}: its key is for something else`);
  try {
    await compactVerify(jwt, await importJWK(key, alg), { algorithms: ALGORITHMS });
  } catch {
    throw broken(`${what}: its signature is wrong`);
  }
}
