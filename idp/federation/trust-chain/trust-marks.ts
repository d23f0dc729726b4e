import { z } from 'zod';
import { TrustFault } from './fault.ts';
import { type Jwks, checkTimes, readJwt, verifySignature } from './jwt.ts';
import type { StatementClaims } from './statement.ts';

export const MARK_TYPE = 'trust-mark+jwt';
export const STATUS_TYPE = 'trust-mark-status-response+jwt';
const DELEGATION_TYPE = 'trust-mark-delegation+jwt';

const seconds = z.number().int().nonnegative().max(8.64e12);
const claims = z.looseObject({
  iss: z.string().max(2048),
  sub: z.string().max(2048),
  trust_mark_type: z.string().min(1).max(2048),
  iat: seconds,
  exp: seconds.optional(),
  delegation: z.string().optional(),
});

/** A mark that holds. */
export interface TrustMark {
  token: string;
  type: string;
  issuer: string;
  expiresAt: Date | undefined;
}

const statusClaims = z.looseObject({
  iss: z.string(),
  iat: seconds,
  trust_mark: z.string(),
  status: z.string(),
});

export interface MarkFacts {
  /** Whose configuration carries it. */
  subject: string;
  anchor: StatementClaims;
  /** The federation keys of an issuer, believed by a chain of its own to the same anchor. */
  keysOf: (issuer: string) => Promise<Jwks>;
  now: Date;
}

/** A mark's claims, unverified. @throws TrustFault */
export function readTrustMark(token: string, type = MARK_TYPE): z.infer<typeof claims> {
  const parsed = claims.safeParse(readJwt(token, type));
  if (!parsed.success) throw new TrustFault('malformed', parsed.error.issues[0]?.path.join('.'));
  return parsed.data;
}

/**
 * Validates a trust mark (OpenID Federation 1.0 §7.3): the anchor lets its issuer issue that type, and, where the
 * type has an owner, the owner has delegated it (§7.2.2).
 * @throws TrustFault naming the rule it breaks
 */
export async function validateTrustMark(token: string, type: string, facts: MarkFacts): Promise<TrustMark> {
  const { subject, anchor, keysOf, now } = facts;
  const mark = readTrustMark(token);
  if (mark.trust_mark_type !== type) throw new TrustFault('mark_type', type);
  if (mark.sub !== subject) throw new TrustFault('mark_subject', mark.sub);
  checkTimes(mark, now);
  const issuers = ownValue(anchor.trust_mark_issuers, type);
  // §3.1.2: an empty list lets every entity of the federation issue it, a type not listed nobody
  if (!issuers || (issuers.length > 0 && !issuers.includes(mark.iss)))
    throw new TrustFault('mark_issuer', mark.iss);
  await verifySignature(token, await keysOf(mark.iss));
  const owner = ownValue(anchor.trust_mark_owners, type);
  if (owner || mark.delegation !== undefined) await checkDelegation(mark, owner, now);
  return {
    ...{ token, type },
    issuer: mark.iss,
    expiresAt: mark.exp === undefined ? undefined : new Date(mark.exp * 1000),
  };
}

/**
 * What its issuer says of a mark now (OpenID Federation 1.0 §8.4): signed by it, about this very mark, and `active`.
 * @throws TrustFault mark_status when it is anything else
 */
export async function checkStatus(
  answer: string,
  { mark, issuer, keys, now }: { mark: string; issuer: string; keys: Jwks; now: Date },
): Promise<void> {
  const parsed = statusClaims.safeParse(readJwt(answer, STATUS_TYPE));
  if (!parsed.success) throw new TrustFault('malformed', issuer);
  const { iss, iat, trust_mark: about, status } = parsed.data;
  checkTimes({ iat }, now);
  if (iss !== issuer || about !== mark) throw new TrustFault('mark_status', issuer);
  await verifySignature(answer, keys);
  if (status !== 'active') throw new TrustFault('mark_status', status);
}

async function checkDelegation(
  mark: z.infer<typeof claims>,
  owner: { sub: string; jwks: Jwks } | undefined,
  now: Date,
): Promise<void> {
  if (!owner || mark.delegation === undefined) throw new TrustFault('mark_delegation', mark.iss);
  const delegation = readTrustMark(mark.delegation, DELEGATION_TYPE);
  checkTimes(delegation, now);
  const agrees =
    delegation.sub === mark.iss &&
    delegation.iss === owner.sub &&
    delegation.trust_mark_type === mark.trust_mark_type;
  if (!agrees) throw new TrustFault('mark_delegation', mark.iss);
  await verifySignature(mark.delegation, owner.jwks);
}

function ownValue<T>(record: Record<string, T> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}
