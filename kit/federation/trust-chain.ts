import { checkConstraints, dropTypes } from './constraints.ts';
import type { EntityIdRules } from './entity-id.ts';
import { FederationError, broken } from './errors.ts';
import { applyPolicy, mergePolicies, overrideMetadata } from './metadata-policy.ts';
import { readStatement, verifyBy } from './statement.ts';
import type { EntityStatement, TrustAnchor, TrustChain } from './types.ts';

/** The subject, eight superiors at most, and the anchor's own statement. */
export const MOST_STATEMENTS = 10;

/**
 * Validates a trust chain (OpenID Federation 1.0 §4, §10.2) and applies its constraints and policies (§6).
 * @param jwts from the subject's own statement to the anchor's own
 * @param anchors those trusted; the chain must end at one, signed by the keys we were given, not by those it tells
 * @throws FederationError `invalid_trust_chain`, or `invalid_trust_anchor` when it ends at none of them
 */
export async function validateTrustChain(
  jwts: string[],
  anchors: TrustAnchor[],
  nowSeconds: number,
  rules: EntityIdRules = {},
): Promise<TrustChain> {
  if (jwts.length > MOST_STATEMENTS) throw broken('the chain is too long');
  const statements = jwts.map((jwt) => readStatement(jwt, nowSeconds, rules));
  const [own, last] = [statements[0], statements.at(-1)];
  if (own === undefined || last === undefined || statements.length < 2) throw broken('there is no chain');
  if (own.claims.iss !== own.claims.sub) throw broken('the chain does not begin with its subject');
  const anchor = anchors.find(({ entityId }) => entityId === last.claims.iss);
  if (anchor === undefined)
    throw new FederationError('invalid_trust_anchor', `${last.claims.iss} is no trust anchor of ours`);
  if (last.claims.sub !== last.claims.iss) throw broken('the chain does not end with its anchor');

  checkOrder(statements);
  await verifySignatures(statements, anchor);
  const claims = statements.map((statement) => statement.claims);
  checkConstraints(claims);
  const superiors = claims.slice(1);
  const policy = mergePolicies(superiors.toReversed().map(({ metadata_policy: one }) => one ?? {}));
  const overridden = overrideMetadata(own.claims.metadata ?? {}, claims[1]?.metadata);
  return {
    subject: own.claims.sub,
    anchor,
    jwts,
    anchorConfiguration: last.claims,
    configuration: own.claims,
    metadata: applyPolicy(dropTypes(overridden, superiors), policy),
    exp: Math.min(...claims.map(({ exp }) => exp)),
  };
}

/** Each is about whoever issued the one before, names nobody twice, and the subject knows its superior. */
function checkOrder(statements: EntityStatement[]): void {
  for (let at = 1; at < statements.length; at += 1) {
    const [below, above] = [statements[at - 1]?.claims, statements[at]?.claims];
    if (below?.iss !== above?.sub)
      throw broken(`${above?.iss} speaks of ${above?.sub}, not of ${below?.iss}`);
    const isLast = at === statements.length - 1;
    if (!isLast && above?.iss === above?.sub) throw broken(`${above?.iss} vouches for itself`);
  }
  const entities = statements.slice(0, -1).map(({ claims }) => claims.iss);
  if (new Set(entities).size !== entities.length) throw broken('the chain goes in a circle');
  const [own, superior] = statements;
  const isAnchorItself = statements.length === 2;
  if (isAnchorItself) throw broken('an anchor is no subject of its own');
  const hints = own?.claims.authority_hints ?? [];
  if (superior === undefined || !hints.includes(superior.claims.iss))
    throw broken(`${own?.claims.sub} does not name ${superior?.claims.iss} as its superior`);
}

/** The subject's own by its own keys and by those its superior vouches for; every other by the keys told one above. */
async function verifySignatures(statements: EntityStatement[], anchor: TrustAnchor): Promise<void> {
  const what = ({ claims: { iss, sub } }: EntityStatement): string => `${iss} about ${sub}`;
  const [own] = statements;
  if (own !== undefined) await verifyBy(own.claims.jwks, own.jwt, what(own));
  for (let at = 0; at < statements.length - 1; at += 1) {
    const [signed, above] = [statements[at], statements[at + 1]];
    if (signed === undefined || above === undefined) continue;
    const keys = above.claims.iss === above.claims.sub ? anchor.jwks : above.claims.jwks;
    await verifyBy(keys, signed.jwt, what(signed));
  }
  const last = statements.at(-1);
  if (last !== undefined) await verifyBy(anchor.jwks, last.jwt, what(last));
}
