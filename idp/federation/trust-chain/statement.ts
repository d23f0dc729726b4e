import { type JWK, compactVerify, importJWK } from 'jose';
import { z } from 'zod';
import { isEntityId } from './entity-id.ts';
import { TrustFault } from './fault.ts';

export const STATEMENT_TYPE = 'entity-statement+jwt';
export const STATEMENT_MEDIA_TYPE = `application/${STATEMENT_TYPE}`;
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
export const MOST_HINTS = 8;
const MOST_KEYS = 20;
const MOST_MARKS = 20;
const DEEPEST = 24;
/** How far another's clock may run ahead of ours. What has expired has expired. */
const SKEW_SECONDS = 60;
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

const entityId = z.string().refine(isEntityId);
const seconds = z.number().int().nonnegative().max(8.64e12);
const names = z.array(z.string().min(1).max(300)).max(200);

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']), kid: z.string().min(1).max(200) })
  .refine((key) => !PRIVATE_PARTS.some((part) => part in key));

/** OpenID Federation 1.0 §3: an entity's federation keys, each named, none private. */
export const jwksSchema = z
  .looseObject({ keys: z.array(publicKey).min(1).max(MOST_KEYS) })
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length);

/** OpenID Federation 1.0 §3: `null` never is a parameter's value. */
export const metadataSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.unknown().refine((value): boolean => value !== null),
  ),
);

export const policySchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));

/** OpenID Federation 1.0 §6.2. */
export const constraintsSchema = z.looseObject({
  max_path_length: z.number().int().nonnegative().optional(),
  naming_constraints: z.looseObject({ permitted: names.optional(), excluded: names.optional() }).optional(),
  /** §6.2.3: a federation entity everybody may be; it is not listed. */
  allowed_entity_types: names.refine((types) => !types.includes('federation_entity')).optional(),
});

const claims = z.looseObject({
  iss: entityId,
  sub: entityId,
  iat: seconds,
  exp: seconds,
  jwks: jwksSchema,
  authority_hints: z.array(z.string().max(2048)).min(1).optional(),
  metadata: metadataSchema.optional(),
  metadata_policy: policySchema.optional(),
  metadata_policy_crit: names.optional(),
  constraints: constraintsSchema.optional(),
  crit: z.array(z.string()).optional(),
  trust_marks: z
    .array(z.looseObject({ trust_mark_type: z.string().max(2048), trust_mark: z.string() }))
    .max(MOST_MARKS)
    .optional(),
  trust_mark_issuers: z.record(z.string(), z.array(z.string()).max(1000)).optional(),
  trust_mark_owners: z.record(z.string(), z.looseObject({ sub: z.string(), jwks: jwksSchema })).optional(),
});

export type Jwks = z.infer<typeof jwksSchema>;
export type Metadata = z.infer<typeof metadataSchema>;
export type MetadataPolicy = z.infer<typeof policySchema>;
export type Constraints = z.infer<typeof constraintsSchema>;
export type StatementClaims = z.infer<typeof claims>;

/** A statement as read; nothing in it is believed before `verifySignature`. */
export interface Statement {
  token: string;
  claims: StatementClaims;
}

/** OpenID Federation 1.0 §3.1.2, §3.1.3: what belongs in one kind of statement only. */
const OF_CONFIGURATIONS = ['authority_hints', 'trust_marks', 'trust_mark_issuers', 'trust_mark_owners'];
const OF_SUBORDINATES = ['metadata_policy', 'metadata_policy_crit', 'constraints', 'source_endpoint'];
/** §3.1.4: in a provider's answer to a registration alone, which nobody sends to us. */
const OF_ANSWERS = ['trust_anchor'];

/**
 * Reads an entity statement (OpenID Federation 1.0 §3.2) as far as that goes without keys: its form, type, times,
 * critical claims, and whether it holds what its kind may. Signed it is only after `verifySignature`.
 * @throws TrustFault
 */
export function readStatement(token: string, now: Date): Statement {
  const parsed = claims.safeParse(readJwt(token, STATEMENT_TYPE));
  if (!parsed.success) throw new TrustFault('malformed', parsed.error.issues[0]?.path.join('.'));
  const { data } = parsed;
  checkTimes(data, now, nameOf(data));
  // none beyond the specification's own is understood, and those are never listed (§3.1.1)
  if (data.crit || data.metadata_policy_crit) throw new TrustFault('critical', data.sub);
  const foreign = data.iss === data.sub ? OF_SUBORDINATES : OF_CONFIGURATIONS;
  const misplaced = [...foreign, ...OF_ANSWERS].find((name) => data[name] !== undefined);
  if (misplaced !== undefined) throw new TrustFault('misplaced_claim', misplaced);
  for (const { trust_mark: mark, trust_mark_type: type } of data.trust_marks ?? []) {
    if (typeIn(mark) !== type) throw new TrustFault('mark_type', type);
  }
  if ((data.authority_hints?.length ?? 0) > MOST_HINTS) throw new TrustFault('too_many_hints', data.sub);
  return { token, claims: data };
}

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
function nameOf({ iss, sub }: { iss?: unknown; sub?: unknown }): string {
  return iss === sub ? String(iss) : `${String(iss)} → ${String(sub)}`;
}

/**
 * The claims of a JWT of one type, unverified, with bounds on size and nesting.
 * @throws TrustFault
 */
export function readJwt(token: string, type: string): unknown {
  if (token.length > MOST_BYTES) throw new TrustFault('too_large');
  const [head, payload, signature, ...more] = token.split('.');
  if (!head || !payload || !signature || more.length > 0) throw new TrustFault('malformed');
  const header = readPart(head) as { typ?: unknown; alg?: unknown; kid?: unknown } | null;
  if (typeof header !== 'object' || header?.typ !== type) throw new TrustFault('wrong_type');
  if (typeof header.alg !== 'string' || !SIGNING_ALGORITHMS.includes(header.alg))
    throw new TrustFault('algorithm');
  if (typeof header.kid !== 'string') throw new TrustFault('keys');
  return readPart(payload);
}

/** §3.3: the type that a trust mark says it is of. Whether it holds is another question. */
function typeIn(mark: string): unknown {
  const said = readPart(mark.split('.')[1] ?? '') as { trust_mark_type?: unknown } | null;
  return said?.trust_mark_type;
}

function readPart(part: string): unknown {
  const text = Buffer.from(part, 'base64url').toString('utf8');
  let depth = 0;
  for (const [bracket] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (bracket === '[' || bracket === '{') depth += 1;
    else if (bracket === ']' || bracket === '}') depth -= 1;
    if (depth > DEEPEST) throw new TrustFault('malformed');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new TrustFault('malformed');
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
