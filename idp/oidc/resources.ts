import { type ResourceServer, errors } from 'oidc-provider';
import { API, scopesOf } from '../directory-api/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

const CLIENT_CREDENTIALS = 'client_credentials';

/** A token request, as far as it decides which resource may be asked for. */
export interface ResourceRequest {
  clientId: string;
  indicator: string;
  /** Undefined at the authorization endpoint. */
  grantType: unknown;
}

interface Lifetimes {
  accessTokenSeconds: number;
  jwtAccessTokenSeconds: number;
}

/**
 * What a `resource` (RFC 8707) means for this client: only resources its own subsystem declares, and the
 * directory API as far as its manifest lists scopes of it. A JWT lives five minutes at most, since
 * nothing but its end revokes it.
 * @throws errors.InvalidTarget for any other
 */
export function findResourceServer(
  registry: ClientRegistry,
  { clientId, indicator, grantType }: ResourceRequest,
  issuer: string,
  { accessTokenSeconds, jwtAccessTokenSeconds }: Lifetimes,
): ResourceServer {
  const subsystem = registry.find(clientId)?.subsystem;
  if (indicator === issuer + API && subsystem) {
    const scopes = directoryScopes(registry, clientId, grantType);
    if (scopes.length > 0) return jwtResource(indicator, scopes.join(' '), jwtAccessTokenSeconds);
  }
  const declared =
    subsystem?.manifest.resources.filter(({ identifier }) => identifier !== issuer + API) ?? [];
  const resource = declared.find((candidate) => candidate.identifier === indicator);
  if (!resource) throw new errors.InvalidTarget();
  const scope = resource.scopes.join(' ');
  if (resource.format === 'jwt') return jwtResource(indicator, scope, jwtAccessTokenSeconds);
  return { scope, audience: indicator, accessTokenFormat: 'opaque', accessTokenTTL: accessTokenSeconds };
}

/**
 * What the client may ask of the directory API: in its own name whatever a program can have, for a person what its
 * manifest's scope lists, and nothing unless it does.
 */
function directoryScopes(registry: ClientRegistry, clientId: string, grantType: unknown): string[] {
  if (grantType === CLIENT_CREDENTIALS) return scopesOf('client');
  const scope = registry.find(clientId)?.metadata['scope'];
  const listed = typeof scope === 'string' ? scope.split(' ') : [];
  return scopesOf('person').filter((name) => listed.includes(name));
}

function jwtResource(audience: string, scope: string, accessTokenTTL: number): ResourceServer {
  return {
    scope,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL,
    jwt: { sign: { alg: 'ES256' } },
  };
}
