import type Provider from 'oidc-provider';
import { type VerifyJwt, isJwt } from './subject.ts';

/** How the acting service holds its own token. */
export interface ActorToken {
  jkt: string | undefined;
  certificate: string | undefined;
}

/**
 * The actor's token (RFC 8693 §2.1): what the acting service got in its own name by client credentials, opaque or
 * JWT. Only the client that asks can be the actor: nobody presents another's.
 * @returns undefined when it is no such token, has ended, or belongs to another
 */
export async function findActorToken(
  provider: Provider,
  verify: VerifyJwt,
  value: string,
  clientId: string,
): Promise<ActorToken | undefined> {
  if (isJwt(value)) {
    const claims = await verify(value);
    if (claims?.['sub'] !== clientId || claims['client_id'] !== clientId || 'act' in claims) return undefined;
    const cnf = (claims['cnf'] ?? {}) as { jkt?: string; 'x5t#S256'?: string };
    return { jkt: cnf.jkt, certificate: cnf['x5t#S256'] };
  }
  const token = await provider.ClientCredentials.find(value);
  if (token?.clientId !== clientId) return undefined;
  const { jkt, 'x5t#S256': certificate } = token as { jkt?: string; 'x5t#S256'?: string };
  return { jkt, certificate };
}
