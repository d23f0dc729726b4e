import { TrustFault } from './fault.ts';
import { readPart } from './jwt.ts';

/** Statements in one chain, the anchor's own included. */
export const MOST_STATEMENTS = 8;

/** Whom a chain in a header is about, and whom it ends at; nothing of it is believed. */
export interface HeaderChain {
  subject: string;
  anchor: string;
}

/**
 * The chains that a statement's header brings (OpenID Federation 1.0 §4.3, §4.4), as far as their form goes: we always
 * find the way up ourselves.
 * @throws TrustFault malformed
 */
export function headerChains(token: string): { own?: HeaderChain; peer?: HeaderChain } {
  const header = readPart(token.split('.')[0] ?? '') as Record<string, unknown>;
  const { trust_chain: own, peer_trust_chain: peer } = header;
  return {
    ...(own !== undefined && { own: readChain('trust_chain', own) }),
    ...(peer !== undefined && { peer: readChain('peer_trust_chain', peer) }),
  };
}

/** §3.3: what a header brings has the form of a chain, and its own one begins with whoever brings it. */
export function checkHeaderChains(token: string, subject: string): void {
  const { own } = headerChains(token);
  if (own && own.subject !== subject) throw new TrustFault('broken_link', own.subject);
}

function readChain(name: string, given: unknown): HeaderChain {
  if (!Array.isArray(given) || given.length < 2 || given.length > MOST_STATEMENTS)
    throw new TrustFault('malformed', name);
  const links = given.map((token) => namesIn(name, token));
  const [first] = links;
  const last = links.at(-1);
  const holds = links.every(({ sub }, at) => at === 0 || links[at - 1]?.iss === sub);
  if (!first || !last || first.iss !== first.sub || !holds) throw new TrustFault('malformed', name);
  return { subject: first.sub, anchor: last.iss };
}

function namesIn(name: string, token: unknown): { iss: string; sub: string } {
  const [, payload, signature] = typeof token === 'string' ? token.split('.') : [];
  const said = signature ? (readPart(payload ?? '') as { iss?: unknown; sub?: unknown } | null) : null;
  if (typeof said?.iss !== 'string' || typeof said.sub !== 'string') throw new TrustFault('malformed', name);
  return { iss: said.iss, sub: said.sub };
}
