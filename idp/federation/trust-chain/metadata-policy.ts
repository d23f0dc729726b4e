import { TrustFault } from './fault.ts';
import type { Metadata, MetadataPolicy } from './statement.ts';
import { type Operators, type Value, isSuperset, mergeOperators, readOperators } from './policy-operators.ts';

type Parameters = Map<string, Operators>;

/** What the statements of a chain together ask of its subject's metadata, by entity type and parameter. */
export type ResolvedPolicy = Map<string, Parameters>;

/**
 * OpenID Federation 1.0 §6.1.4.1: the policies of a chain, the most superior first, made one.
 * @throws TrustFault policy: an operator's value is none, a combination is not allowed, or two cannot both hold
 */
export function resolvePolicy(policies: readonly MetadataPolicy[]): ResolvedPolicy {
  const resolved: ResolvedPolicy = new Map();
  for (const policy of policies) {
    for (const [type, parameters] of Object.entries(policy)) {
      const current: Parameters = resolved.get(type) ?? new Map();
      resolved.set(type, current);
      for (const [name, operators] of Object.entries(parameters)) {
        const read = readOperators(name, operators);
        const before = current.get(name);
        current.set(name, before ? mergeOperators(name, before, read) : read);
      }
    }
  }
  return resolved;
}

/**
 * OpenID Federation 1.0 §6.1.4.2: metadata as the policy leaves it. Types the subject does not have stay absent.
 * @throws TrustFault policy: a check fails
 */
export function applyPolicy(metadata: Metadata, policy: ResolvedPolicy): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([type, parameters]) => {
      const shaped = new Map<string, unknown>(Object.entries(parameters));
      for (const [name, operators] of policy.get(type) ?? []) {
        const value = applyOperators(name, shaped.get(name), operators);
        if (value === undefined) shaped.delete(name);
        else shaped.set(name, value);
      }
      return [type, Object.fromEntries(shaped)];
    }),
  );
}

/** In the order the specification gives them: value, add, default, one_of, subset_of, superset_of, essential. */
function applyOperators(name: string, given: unknown, operators: Operators): unknown {
  // §6.1.3.1.8: scope is a list that is written as one string
  const isScope = name === 'scope';
  let value = isScope && typeof given === 'string' ? given.split(' ').filter(Boolean) : given;
  if (operators.value !== undefined) value = operators.value ?? undefined;
  if (operators.add) value = [...new Set([...listOf(name, value ?? []), ...operators.add])];
  value ??= operators.default;
  if (value !== undefined) value = check(name, value, operators);
  else if (operators.essential) throw new TrustFault('policy', `${name} essential`);
  return isScope && Array.isArray(value) ? value.join(' ') : value;
}

function check(name: string, value: unknown, { one_of, subset_of, superset_of }: Operators): unknown {
  if (one_of && !one_of.includes(value as Value)) throw new TrustFault('policy', `${name} one_of`);
  if (!subset_of && !superset_of) return value;
  const list = listOf(name, value);
  const kept = subset_of ? list.filter((item) => subset_of.includes(item)) : list;
  if (superset_of && !isSuperset(kept, superset_of)) throw new TrustFault('policy', `${name} superset_of`);
  return kept;
}

function listOf(name: string, value: unknown): Value[] {
  if (!Array.isArray(value)) throw new TrustFault('policy', `${name} is no list`);
  return value as Value[];
}
