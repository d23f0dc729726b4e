import { applyParameterPolicy, mergeParameterPolicy, readParameterPolicy } from './policy-operators.ts';
import type { JsonObject, Metadata, MetadataPolicy } from './types.ts';

/**
 * The policy of a chain: those of its subordinate statements merged, the most superior's first (OpenID Federation 1.0
 * §6.1.4.1). A subordinate can only tighten what stands above it.
 * @throws FederationError `invalid_trust_chain` when one is malformed or they contradict each other
 */
export function mergePolicies(fromAnchorDown: MetadataPolicy[]): MetadataPolicy {
  const merged: MetadataPolicy = {};
  for (const policy of fromAnchorDown) {
    for (const [type, parameters] of Object.entries(policy)) {
      const known = (merged[type] ??= {});
      for (const [name, written] of Object.entries(parameters)) {
        const read = readParameterPolicy(name, written);
        const above = known[name];
        known[name] = above === undefined ? read : mergeParameterPolicy(name, above, read);
      }
    }
  }
  return merged;
}

/**
 * A subject's metadata as its chain leaves it (§6.1.4.2). Only types it has are touched: a policy gives nobody a role.
 * @throws FederationError `invalid_trust_chain` when it does not comply
 */
export function applyPolicy(metadata: Metadata, policy: MetadataPolicy): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([type, parameters]) => {
      const resolved: JsonObject = { ...parameters };
      for (const [name, operators] of Object.entries(policy[type] ?? {})) {
        const value = applyParameterPolicy(name, parameters[name], operators);
        if (value === undefined) delete resolved[name];
        else resolved[name] = value;
      }
      return [type, resolved];
    }),
  );
}

/** What the immediate superior says of its subject's metadata stands above the subject's own (§3.1.1 `metadata`). */
export function overrideMetadata(own: Metadata, superior: Metadata | undefined): Metadata {
  const overridden = { ...own };
  for (const [type, parameters] of Object.entries(superior ?? {})) {
    overridden[type] = { ...own[type], ...parameters };
  }
  return overridden;
}
