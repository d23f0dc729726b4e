/**
 * Chains of trust (OpenID Federation 1.0): statements by which each entity vouches for the keys and the metadata of
 * the one below, up to an anchor whose keys we hold by other means. Statement → read → signature by the superior's
 * keys → constraints → policy → resolved metadata; a chain ends with the first of its statements, a mark holds only
 * as long as the anchor lets its issuer issue it. Refused: anything critical that is not understood, loops, more
 * hints, levels, bytes, fetches or time than the limits, and addresses inside our network.
 */
export { type TrustAnchors, type TrustChain, validateChain } from './chain.ts';
export { checkConstraints } from './constraints.ts';
export { configurationUrl, endpointAt, isEntityId, isWithin } from './entity-id.ts';
export { TrustFault, type TrustReason } from './fault.ts';
export { type Ask, LIMITS, askWorld } from './fetching.ts';
export { applyPolicy, resolvePolicy } from './metadata-policy.ts';
export { type Resolver, createResolver } from './resolve.ts';
export { type HeaderChain, headerChains } from './header-chains.ts';
export { type Jwks, jwksSchema, verifySignature } from './jwt.ts';
export {
  type Metadata,
  type MetadataPolicy,
  STATEMENT_MEDIA_TYPE,
  STATEMENT_TYPE,
  type StatementClaims,
  constraintsSchema,
  metadataSchema,
  policySchema,
  readStatement,
} from './statement.ts';
export { MARK_TYPE, STATUS_TYPE, type TrustMark, readTrustMark, validateTrustMark } from './trust-marks.ts';
