import { errors } from 'oidc-provider';
import { CLAIMS } from './claims.ts';

/** OpenID Connect Core §5.5: endpoint, claim, its requirements, a list of values. */
const DEEPEST = 4;

const GUARDED = Object.entries(CLAIMS).flatMap(([scope, claims]) =>
  (claims ?? []).map((claim) => ({ scope, claim })),
);

/**
 * What the `claims` parameter may ask for: only claims of scopes that the client itself may ask for, so that it
 * is no way around them, and nothing nested deeper than the standard's own members.
 * @throws errors.InvalidRequest
 */
export function assertClaimsParameter(claims: object, clientScope: string | undefined): void {
  if (isDeeperThan(claims, DEEPEST)) throw new errors.InvalidRequest('claims parameter is nested too deeply');
  const allowed = new Set(clientScope?.split(' '));
  for (const request of Object.values(claims) as unknown[]) {
    for (const name of Object.keys(request ?? {})) {
      const scopes = GUARDED.filter(({ claim }) => claim === name).map(({ scope }) => scope);
      if (scopes.length > 0 && !scopes.some((scope) => allowed.has(scope))) {
        throw new errors.InvalidRequest('claims parameter asks for a claim that the client may not have');
      }
    }
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}
