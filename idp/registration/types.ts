/** The metadata that says with which initial token a client was registered: ours to write, never the client's. */
export const REGISTERED_WITH = 'registered_with';

/** How many clients one token may register at most, and for how many days it works. */
export const TOKEN_MOST = { clients: 1000, days: 90 };

export type TokenState = 'open' | 'used_up' | 'expired' | 'revoked';

/** What lets its holder register clients. */
export interface InitialToken {
  handle: string;
  label: string;
  reason: string;
  usesLeft: number | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** How many clients were registered with it. */
  registered: number;
}

export interface RegisteredClient {
  clientId: string;
  name: string;
  isActive: boolean;
}
