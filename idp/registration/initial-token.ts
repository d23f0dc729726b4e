import { type InitialToken, TOKEN_MOST, type TokenState } from './types.ts';

/** What a token is worth now. */
export function tokenState(token: InitialToken, now: Date): TokenState {
  if (token.revokedAt !== null) return 'revoked';
  if (token.expiresAt !== null && token.expiresAt <= now) return 'expired';
  return token.usesLeft === 0 ? 'used_up' : 'open';
}

/** Which of the bounds of a token is not one; undefined when both are. */
export function tokenFault(wish: { clients: number; days: number }): keyof typeof TOKEN_MOST | undefined {
  const names = ['clients', 'days'] as const;
  return names.find(
    (name) => !Number.isInteger(wish[name]) || wish[name] < 1 || wish[name] > TOKEN_MOST[name],
  );
}
