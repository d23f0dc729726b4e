import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';
import {
  type MetadataPolicy,
  TrustFault,
  constraintsSchema,
  isEntityId,
  jwksSchema,
  metadataSchema,
  policySchema,
  resolvePolicy,
} from '../trust-chain/index.ts';

const entityId = z.string().refine(isEntityId, 'is no entity identifier');
const https = z.url({ protocol: /^https$/ });

const subordinate = z.strictObject({
  entityId,
  /** Its federation keys, learned by other means than the network. */
  jwks: jwksSchema,
  entityTypes: z.array(z.string()).min(1),
  /** Whether it vouches for others in turn. */
  intermediate: z.boolean().default(false),
  metadata: metadataSchema.optional(),
  metadataPolicy: policySchema.optional(),
  constraints: constraintsSchema.optional(),
});

const trustMark = z.strictObject({
  type: z.url(),
  /** How long one is good. */
  days: z.int().min(1).max(400).default(30),
  logoUri: https.optional(),
  ref: https.optional(),
  /** The owner's word that this authority may issue it (§7.2.1). */
  delegation: z.string().optional(),
  /** Who has it. Taken out of here it is revoked. */
  subjects: z.array(entityId),
});

const authoritySchema = z.strictObject({
  entityId,
  organizationName: z.string().min(1).max(200),
  contacts: z.array(z.email()).default([]),
  /** Its own superiors; none makes it an anchor. */
  authorityHints: z.array(entityId).max(8).default([]),
  /** Anchors beside itself that it resolves chains to, with their keys. */
  trustAnchors: z.record(entityId, jwksSchema).default({}),
  /** How long a statement is good. */
  statementHours: z.int().min(1).max(168).default(24),
  trustMarkIssuers: z.record(z.string(), z.array(entityId)).default({}),
  trustMarkOwners: z.record(z.string(), z.strictObject({ sub: entityId, jwks: jwksSchema })).default({}),
  /** For every subordinate; each may have more of its own. */
  metadataPolicy: policySchema.default({}),
  constraints: constraintsSchema.optional(),
  trustMarks: z.array(trustMark).default([]),
  subordinates: z.array(subordinate).default([]),
});

/** What an authority says, as it was reviewed. */
export type ReviewedFile = z.infer<typeof authoritySchema>;
export type Subordinate = ReviewedFile['subordinates'][number];

/** @throws ConfigurationError naming every fault at its place */
export function readReviewedFile(text: string): ReviewedFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError('it is no JSON');
  }
  const parsed = authoritySchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ConfigurationError(faults.join('\n'));
  }
  const faults = inconsistencies(parsed.data);
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  return parsed.data;
}

function inconsistencies(file: ReviewedFile): string[] {
  const ids = file.subordinates.map(({ entityId: id }) => id);
  const types = file.trustMarks.map(({ type }) => type);
  return [
    ...ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `subordinates: ${id} stands there twice`),
    ...ids.filter((id) => id === file.entityId).map(() => 'subordinates: an authority is not its own'),
    ...types
      .filter((type, at) => types.indexOf(type) < at)
      .map((type) => `trustMarks: ${type} stands there twice`),
    ...file.subordinates.flatMap(({ entityId: id, metadataPolicy }) => {
      const fault = policyFault([file.metadataPolicy, metadataPolicy ?? {}]);
      return fault === undefined ? [] : [`subordinates: ${id}: ${fault}`];
    }),
  ];
}

/** What of policies cannot hold together. */
function policyFault(policies: MetadataPolicy[]): string | undefined {
  try {
    resolvePolicy(policies);
    return undefined;
  } catch (error) {
    if (!(error instanceof TrustFault)) throw error;
    return error.message;
  }
}
