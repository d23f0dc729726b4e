import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';
import { TrustFault, isEntityId, jwksSchema, readTrustMark } from '../trust-chain/index.ts';

const entityId = z.string().refine(isEntityId, 'is no entity identifier');

/** What clients with one kind of mark may ask for. */
const policySchema = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]{1,29}$/),
  trustMark: z.url(),
  /** Whose marks of that kind count. */
  issuers: z.array(entityId).min(1),
  scopes: z
    .array(z.enum(['openid', 'profile', 'email', 'phone']))
    .refine((scopes) => scopes.includes('openid'), 'openid is missing'),
  grantTypes: z
    .array(z.enum(['authorization_code', 'refresh_token']))
    .refine((grants) => grants.includes('authorization_code'), 'authorization_code is missing'),
});

/** What the provider is in a federation: one JSON file under review. */
const settingsSchema = z.strictObject({
  organizationName: z.string().min(1).max(200),
  contacts: z.array(z.email()).max(10).default([]),
  /** Our superiors: who vouches for us. */
  authorityHints: z.array(entityId).min(1).max(8),
  /** How long what we say of ourselves is good. */
  statementHours: z.int().min(1).max(168).default(24),
  /** The federation key is followed by another after so many days; without, when somebody says so. */
  rotation: z
    .strictObject({
      afterDays: z.int().min(30).max(3650),
      /** Superiors who do not know the next key after so many days are an alarm. */
      remindAfterDays: z.int().min(1).max(90).default(14),
    })
    .optional(),
  /** Marks that we were given, published as long as they hold. */
  trustMarks: z
    .array(z.strictObject({ type: z.url(), mark: z.string() }))
    .max(20)
    .default([]),
  /** Where chains of clients have to end, with keys learned by other means than the network. */
  trustAnchors: z
    .array(z.strictObject({ entityId, jwks: jwksSchema }))
    .max(20)
    .default([]),
  /** The first that fits counts; without any, only clients of subsystems register by their chains. */
  policies: z.array(policySchema).max(50).default([]),
});

export type FederationSettings = z.infer<typeof settingsSchema>;

/** As it is kept. */
export function parseSettings(document: unknown): FederationSettings {
  return settingsSchema.parse(document);
}

/** @throws ConfigurationError naming every fault at its place */
export function readSettings(text: string, issuer: string): FederationSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError('it is no JSON');
  }
  const parsed = settingsSchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ConfigurationError(faults.join('\n'));
  }
  const faults = parsed.data.trustMarks.flatMap(({ type, mark }, at) => {
    const fault = markFault(type, mark, issuer);
    return fault === undefined ? [] : [`trustMarks.${at}: ${fault}`];
  });
  const codes = parsed.data.policies.map(({ code }) => code);
  if (new Set(codes).size < codes.length) faults.push('policies: a code stands there twice');
  if (codes.length > 0 && parsed.data.trustAnchors.length === 0)
    faults.push('trustAnchors: none, and there are policies');
  if (!isEntityId(issuer)) faults.push(`${issuer} is no entity identifier`);
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  return parsed.data;
}

function markFault(type: string, token: string, issuer: string): string | undefined {
  try {
    const mark = readTrustMark(token);
    if (mark.trust_mark_type !== type) return 'is of another type';
    return mark.sub === issuer ? undefined : 'is not about this provider';
  } catch (error) {
    if (error instanceof TrustFault) return error.message;
    throw error;
  }
}
