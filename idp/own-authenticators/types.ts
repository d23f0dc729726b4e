/** A second factor of a person's own, as its list shows it. */
export interface Factor {
  /** `totp`, a passkey's credential id, or a card's id. */
  id: string;
  kind: 'totp' | 'passkey' | 'card';
  /** As its owner calls it; empty when they do not. */
  name: string;
  addedAt: Date;
  lastUsedAt: Date | undefined;
}

/** What a person's role asks of their factors. */
export type FactorNeeds = 'none' | 'one' | 'phishing_resistant';
