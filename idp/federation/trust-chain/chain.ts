import { checkConstraints, keepAllowedTypes } from './constraints.ts';
import { TrustFault } from './fault.ts';
import { applyPolicy, resolvePolicy } from './metadata-policy.ts';
import { MOST_STATEMENTS } from './header-chains.ts';
import { type Jwks, verifySignature } from './jwt.ts';
import { type Metadata, type Statement, type StatementClaims, readStatement } from './statement.ts';

/** Anchors that are trusted, by entity id: their keys, known by other means than the network (§11.2). */
export type TrustAnchors = ReadonlyMap<string, Jwks>;

/** A chain that holds. */
export interface TrustChain {
  subject: string;
  anchor: string;
  /** §10.4: when the first of its statements ends. */
  expiresAt: Date;
  /** The subject's, as its superiors shape it. */
  metadata: Metadata;
  configuration: StatementClaims;
  /** The subject, each superior, the anchor. */
  path: string[];
  /** As a `trust_chain` header writes it. */
  tokens: string[];
  /** What the anchor says of itself; undefined when the chain did not bring it. */
  anchorConfiguration: StatementClaims | undefined;
}

/**
 * Validates a trust chain (OpenID Federation 1.0 §10.2): the subject's configuration, a statement by each superior
 * about the one below, up to an anchor of ours; the anchor's own configuration may follow. The subject names the one
 * right above it as a superior (§3.3).
 * @throws TrustFault naming the first rule it breaks
 */
export async function validateChain(
  tokens: readonly string[],
  anchors: TrustAnchors,
  now: Date,
): Promise<TrustChain> {
  if (tokens.length < 2 || tokens.length > MOST_STATEMENTS) throw new TrustFault('too_deep');
  const statements = tokens.map((token) => readStatement(token, now));
  const last = statements.at(-1);
  const top = last && last.claims.iss === last.claims.sub && statements.length > 1 ? last : undefined;
  const links = top ? statements.slice(0, -1) : statements;
  const anchor = links.at(-1)?.claims.iss ?? '';
  const keys = anchors.get(anchor);
  if (!keys) throw new TrustFault('unknown_anchor', anchor);
  if (top && top.claims.sub !== anchor) throw new TrustFault('broken_link', anchor);
  const subject = await verifyLinks(links, keys);
  if (top) {
    await verifySignature(top.token, keys);
    // §4: a key that we still hold but the anchor no longer names signs nothing more
    await verifySignature(links.at(-1)?.token ?? '', top.claims.jwks);
  }

  const chain = links.map(({ claims }) => claims);
  const superior = chain[1]?.iss ?? '';
  if (!subject.authority_hints?.includes(superior)) throw new TrustFault('broken_link', superior);
  checkConstraints(chain);
  const given = withSuperiorMetadata(subject.metadata ?? {}, chain[1]?.metadata ?? {});
  const policies = chain
    .slice(1)
    .toReversed()
    .flatMap(({ metadata_policy: policy }) => (policy ? [policy] : []));
  const metadata = applyPolicy(keepAllowedTypes(given, chain), resolvePolicy(policies));
  const ends = Math.min(...statements.map(({ claims }) => claims.exp));
  return {
    ...{ subject: subject.sub, anchor, metadata, configuration: subject, tokens: [...tokens] },
    expiresAt: new Date(ends * 1000),
    path: [subject.sub, ...chain.slice(1).map(({ iss }) => iss)],
    anchorConfiguration: top?.claims,
  };
}

/** Each is signed by keys that the next one vouches for, the last by the anchor's that we hold. */
async function verifyLinks(links: readonly Statement[], anchorKeys: Jwks): Promise<StatementClaims> {
  const [first, ...above] = links;
  if (!first || first.claims.iss !== first.claims.sub)
    throw new TrustFault('not_self_issued', first?.claims.sub);
  const seen = new Set([first.claims.sub]);
  await verifySignature(first.token, first.claims.jwks);
  let below = first;
  for (const link of above) {
    const { iss, sub, jwks } = link.claims;
    if (sub !== below.claims.iss) throw new TrustFault('broken_link', sub);
    if (seen.has(iss)) throw new TrustFault('loop', iss);
    seen.add(iss);
    await verifySignature(below.token, jwks);
    below = link;
  }
  if (above.length === 0) throw new TrustFault('no_chain', first.claims.sub);
  await verifySignature(below.token, anchorKeys);
  return first.claims;
}

/** §3.1.1: what the immediate superior says of the subject stands above what it says itself, and gives it no role. */
function withSuperiorMetadata(own: Metadata, superior: Metadata): Metadata {
  const given = new Map(Object.entries(superior));
  return Object.fromEntries(
    Object.entries(own).map(([type, said]) => [type, { ...said, ...given.get(type) }]),
  );
}
