import { isWithin } from './entity-id.ts';
import { TrustFault } from './fault.ts';
import type { Metadata, StatementClaims } from './statement.ts';

/**
 * OpenID Federation 1.0 §6.2: every superior's constraints hold for all below it. `chain` begins with the subject's
 * configuration; what follows are the statements about it and about each superior, up to the anchor's.
 * @throws TrustFault path_length, name
 */
export function checkConstraints(chain: readonly StatementClaims[]): void {
  chain.forEach(({ constraints }, at) => {
    if (at === 0 || !constraints) return;
    const { max_path_length: longest, naming_constraints: naming } = constraints;
    if (longest !== undefined && at - 1 > longest) throw new TrustFault('path_length', chain[0]?.sub);
    for (const { sub } of chain.slice(1, at + 1)) {
      const isExcluded = naming?.excluded?.some((name) => isWithin(sub, name)) ?? false;
      const isPermitted = naming?.permitted?.some((name) => isWithin(sub, name)) ?? true;
      if (isExcluded || !isPermitted) throw new TrustFault('name', sub);
    }
  });
}

/** §6.2.3: metadata without the types that some superior does not allow. */
export function keepAllowedTypes(metadata: Metadata, chain: readonly StatementClaims[]): Metadata {
  const allowed = chain
    .slice(1)
    .flatMap(({ constraints }) =>
      constraints?.allowed_entity_types ? [constraints.allowed_entity_types] : [],
    );
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([type]) => type === 'federation_entity' || allowed.every((types) => types.includes(type)),
    ),
  );
}
