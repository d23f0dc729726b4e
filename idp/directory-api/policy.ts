/** Under this path of the issuer, which is also the API's name as a `resource` (RFC 8707). */
export const API = '/api/v1';

export const MESSAGES_SEND = 'messages:send';

/** Calls a client may make in a minute, all replicas together. */
export const CALLS_PER_MINUTE = 300;

/** What a token says, as far as the rules ask. */
export interface TokenFacts {
  sub?: unknown;
  client_id?: unknown;
  scope?: unknown;
  cnf?: unknown;
}

export type TokenDecision =
  { allowed: true } | { allowed: false; reason: 'invalid_token' | 'insufficient_scope' };

/**
 * Whether a verified access token lets its client call: one the client got for itself, which a person's never is
 * (RFC 9700 §4.15), not bound to a key whose proof nobody asks for here, and with the scope.
 */
export function decideToken(token: TokenFacts, scope: string): TokenDecision {
  const isClients = typeof token.client_id === 'string' && token.sub === token.client_id;
  if (!isClients || token.cnf !== undefined) return { allowed: false, reason: 'invalid_token' };
  const scopes = typeof token.scope === 'string' ? token.scope.split(' ') : [];
  return scopes.includes(scope) ? { allowed: true } : { allowed: false, reason: 'insufficient_scope' };
}
