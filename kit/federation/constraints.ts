import { satisfiesName } from './entity-id.ts';
import { broken } from './errors.ts';
import type { Constraints, EntityStatementClaims, Metadata } from './types.ts';

/**
 * Checks the constraints that each superior set, each by itself (OpenID Federation 1.0 §6.2).
 * @param statements the chain's, from the subject's own to the anchor's own
 * @throws FederationError `invalid_trust_chain`
 */
export function checkConstraints(statements: EntityStatementClaims[]): void {
  statements.forEach(({ iss, constraints }, at) => {
    if (constraints === undefined) return;
    const intermediates = at - 1; // between who set it and the subject
    const most = constraints.max_path_length;
    if (most !== undefined && intermediates > most)
      throw broken(`${iss}: allows ${most} intermediates, there are ${intermediates}`);
    const below = new Set(statements.slice(0, at + 1).map(({ sub }) => sub));
    for (const entity of below) checkName(entity, constraints, iss);
  });
}

function checkName(entity: string, { naming_constraints: names }: Constraints, superior: string): void {
  const isIn = (list: string[] | undefined): boolean =>
    list?.some((name) => satisfiesName(entity, name)) ?? false;
  if (names?.permitted !== undefined && !isIn(names.permitted))
    throw broken(`${superior}: ${entity} is outside the names it may speak for`);
  if (isIn(names?.excluded)) throw broken(`${superior}: ${entity} is among the names it excludes`);
}

/** The metadata without the entity types that a superior does not allow its subordinates (§6.2.3). */
export function dropTypes(metadata: Metadata, statements: EntityStatementClaims[]): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([type]) =>
        type === 'federation_entity' ||
        statements.every(({ constraints }) => constraints?.allowed_entity_types?.includes(type) ?? true),
    ),
  );
}
