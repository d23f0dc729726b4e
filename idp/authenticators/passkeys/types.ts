/** A passkey of an account: a public-key credential (WebAuthn Level 3). */
export interface Passkey {
  /** Base64url, as the browser names it. */
  id: string;
  accountId: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  name: string;
  addedAt: Date;
  lastUsedAt: Date | null;
}

/** Where a challenge counts: one purpose in one session or journey. */
export interface ChallengeScope {
  purpose: 'add' | 'sign-in';
  within: string;
}
