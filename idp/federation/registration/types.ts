import type { PublishedKey, SigningKey } from '../../signing-keys/index.ts';

/** A key of ours in the federation; it signs statements and nothing else. */
export type FederationKey = SigningKey;

/** The keys of one moment. */
export interface OpenKeys {
  /** Published ones, the signing one first. */
  keys: PublishedKey[];
  stamp: string;
}
