import { type ResourceServer, errors } from 'oidc-provider';
import type { ClientRegistry } from '../subsystems/index.ts';

const JWT_SECONDS = 300;

/**
 * What a `resource` (RFC 8707) means for this client: only resources its own subsystem declares. A JWT lives
 * five minutes, since nothing but its end revokes it.
 * @throws errors.InvalidTarget for any other
 */
export function findResourceServer(
  registry: ClientRegistry,
  clientId: string,
  indicator: string,
  opaqueSeconds: number,
): ResourceServer {
  const declared = registry.find(clientId)?.subsystem?.manifest.resources ?? [];
  const resource = declared.find((candidate) => candidate.identifier === indicator);
  if (!resource) throw new errors.InvalidTarget();
  return {
    scope: resource.scopes.join(' '),
    audience: resource.identifier,
    accessTokenFormat: resource.format,
    accessTokenTTL: resource.format === 'jwt' ? JWT_SECONDS : opaqueSeconds,
    ...(resource.format === 'jwt' && { jwt: { sign: { alg: 'ES256' } } }),
  };
}
