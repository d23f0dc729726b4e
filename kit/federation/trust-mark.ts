import { z } from 'zod';
import { FederationError } from './errors.ts';
import { checkTimes, openJwt, verifyBy } from './statement.ts';
import type { EntityStatementClaims, KeySet, TrustMarkEntry } from './types.ts';

export const TRUST_MARK_TYPE = 'trust-mark+jwt';
export const DELEGATION_TYPE = 'trust-mark-delegation+jwt';

const base = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  trust_mark_type: z.string().min(1),
  iat: z.number().int(),
  exp: z.number().int().optional(),
});
const mark = base.extend({ delegation: z.string().optional() });

export interface TrustMark {
  iss: string;
  sub: string;
  type: string;
  /** Seconds since the epoch; undefined for one that does not end. */
  exp: number | undefined;
}

const refuse = (why: string): FederationError => new FederationError('invalid_trust_chain', why);

/**
 * Validates a trust mark that an entity shows (OpenID Federation 1.0 §7.3): that it is about this entity and of the type
 * it is shown as, issued by one the anchor lets issue it, on behalf of its owner where it has one, in force, and signed.
 * @param anchor the anchor's own statement: `trust_mark_issuers`, `trust_mark_owners`
 * @param keysOf the keys of an issuer whose own chain leads to the same anchor
 * @throws FederationError `invalid_trust_chain`
 */
export async function validateTrustMark(
  entry: TrustMarkEntry,
  subject: string,
  anchor: EntityStatementClaims,
  keysOf: (issuer: string) => Promise<KeySet>,
  nowSeconds: number,
): Promise<TrustMark> {
  const { payload } = openJwt(entry.trust_mark, TRUST_MARK_TYPE);
  const read = mark.safeParse(payload);
  if (!read.success) throw refuse('a trust mark is malformed');
  const { iss, sub, trust_mark_type: type, iat, exp, delegation } = read.data;
  const what = `trust mark ${type} of ${iss}`;
  if (type !== entry.trust_mark_type) throw refuse(`${what}: shown as ${entry.trust_mark_type}`);
  if (sub !== subject) throw refuse(`${what}: given to ${sub}, shown by ${subject}`);
  checkTimes({ iat, exp }, nowSeconds, what);

  const issuers = anchor.trust_mark_issuers?.[type];
  if (issuers === undefined) throw refuse(`${what}: the anchor knows no such mark`);
  if (issuers.length > 0 && !issuers.includes(iss)) throw refuse(`${what}: the anchor names other issuers`);
  await verifyBy(await keysOf(iss), entry.trust_mark, what);

  const owner = anchor.trust_mark_owners?.[type];
  if (owner !== undefined && delegation === undefined) throw refuse(`${what}: its owner delegated nothing`);
  if (delegation !== undefined) await validateDelegation(delegation, { iss, type }, owner, nowSeconds);
  return { iss, sub, type, exp };
}

/** §7.2.2 */
async function validateDelegation(
  jwt: string,
  given: { iss: string; type: string },
  owner: { sub: string; jwks: KeySet } | undefined,
  nowSeconds: number,
): Promise<void> {
  const what = `delegation of ${given.type}`;
  const read = base.safeParse(openJwt(jwt, DELEGATION_TYPE).payload);
  if (!read.success) throw refuse(`${what}: malformed`);
  const { iss, sub, trust_mark_type: type, iat, exp } = read.data;
  if (owner === undefined || iss !== owner.sub) throw refuse(`${what}: not by the mark's owner`);
  if (sub !== given.iss || type !== given.type) throw refuse(`${what}: for another issuer or mark`);
  checkTimes({ iat, exp }, nowSeconds, what);
  await verifyBy(owner.jwks, jwt, what);
}
