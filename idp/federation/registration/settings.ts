import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';
import { TrustFault, isEntityId, readTrustMark } from '../trust-chain/index.ts';

const entityId = z.string().refine(isEntityId, 'is no entity identifier');

/** What the provider is in a federation: one JSON file under review. */
const settingsSchema = z.strictObject({
  organizationName: z.string().min(1).max(200),
  contacts: z.array(z.email()).max(10).default([]),
  /** Our superiors: who vouches for us. */
  authorityHints: z.array(entityId).min(1).max(8),
  /** How long what we say of ourselves is good. */
  statementHours: z.int().min(1).max(168).default(24),
  /** Marks that we were given, published as long as they hold. */
  trustMarks: z
    .array(z.strictObject({ type: z.url(), mark: z.string() }))
    .max(20)
    .default([]),
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
