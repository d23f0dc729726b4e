import { z } from 'zod';
import { isEntityId } from './entity-id.ts';
import { TrustFault } from './fault.ts';
import { checkHeaderChains } from './header-chains.ts';
import { checkTimes, jwksSchema, nameOf, readJwt, readPart } from './jwt.ts';

export const STATEMENT_TYPE = 'entity-statement+jwt';
export const STATEMENT_MEDIA_TYPE = `application/${STATEMENT_TYPE}`;
const MOST_HINTS = 8;
const MOST_MARKS = 20;

const entityId = z.string().refine(isEntityId);
const entityIds = z.array(entityId).max(1000);
const seconds = z.number().int().nonnegative().max(8.64e12);
/** RFC 5280 §4.2.1.10: a host, or with a dot before it what is below; anything else would match nobody. */
const domain = z
  .string()
  .max(300)
  .regex(/^\.?[\w-]+(\.[\w-]+)*$/);
const domains = z.array(domain).max(200);
const names = z.array(z.string().min(1).max(300)).max(200);

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
  naming_constraints: z
    .looseObject({ permitted: domains.optional(), excluded: domains.optional() })
    .optional(),
  /** §6.2.3: a federation entity everybody may be; it is not listed. */
  allowed_entity_types: names.refine((types) => !types.includes('federation_entity')).optional(),
});

const claims = z.looseObject({
  iss: entityId,
  sub: entityId,
  iat: seconds,
  exp: seconds,
  jwks: jwksSchema,
  authority_hints: entityIds.min(1).optional(),
  trust_anchor_hints: entityIds.min(1).optional(),
  metadata: metadataSchema.optional(),
  metadata_policy: policySchema.optional(),
  metadata_policy_crit: names.optional(),
  constraints: constraintsSchema.optional(),
  source_endpoint: z.url({ protocol: /^https?$/ }).optional(),
  trust_marks: z
    .array(z.looseObject({ trust_mark_type: z.string().max(2048), trust_mark: z.string() }))
    .max(MOST_MARKS)
    .optional(),
  trust_mark_issuers: z.record(z.string(), entityIds).optional(),
  trust_mark_owners: z.record(z.string(), z.looseObject({ sub: entityId, jwks: jwksSchema })).optional(),
});

export type Metadata = z.infer<typeof metadataSchema>;
export type MetadataPolicy = z.infer<typeof policySchema>;
export type StatementClaims = z.infer<typeof claims>;

/** A statement as read; nothing in it is believed before `verifySignature`. */
export interface Statement {
  token: string;
  claims: StatementClaims;
}

/** OpenID Federation 1.0 §3.1.2, §3.1.3: what belongs in one kind of statement only. */
const OF_CONFIGURATIONS = [
  ...['authority_hints', 'trust_anchor_hints'],
  ...['trust_marks', 'trust_mark_issuers', 'trust_mark_owners'],
];
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
  // §6.1.3.2: no operator but the standard ones is understood, and those are never listed
  if (data.metadata_policy_crit) throw new TrustFault('critical', data.sub);
  const foreign = data.iss === data.sub ? OF_SUBORDINATES : OF_CONFIGURATIONS;
  const misplaced = [...foreign, ...OF_ANSWERS].find((name) => data[name] !== undefined);
  if (misplaced !== undefined) throw new TrustFault('misplaced_claim', misplaced);
  for (const { trust_mark: mark, trust_mark_type: type } of data.trust_marks ?? []) {
    if (typeIn(mark) !== type) throw new TrustFault('mark_type', type);
  }
  if ((data.authority_hints?.length ?? 0) > MOST_HINTS) throw new TrustFault('too_many_hints', data.sub);
  checkHeaderChains(token, data.sub);
  return { token, claims: data };
}

/** §3.3: the type that a trust mark says it is of. Whether it holds is another question. */
function typeIn(mark: string): unknown {
  const said = readPart(mark.split('.')[1] ?? '') as { trust_mark_type?: unknown } | null;
  return said?.trust_mark_type;
}
