import type { PublishedKey, SigningKey } from '../../signing-keys/index.ts';

/** A key of ours in the federation; it signs statements and nothing else. */
export interface FederationKey extends SigningKey {
  /** It signs when every superior vouches for it. */
  awaitsSuperiors: boolean;
}

/** The keys of one moment. */
export interface OpenKeys {
  /** Published ones, the signing one first. */
  keys: PublishedKey[];
  stamp: string;
}
