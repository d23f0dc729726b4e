import type { JWK } from 'jose';

/** RFC 7518 algorithm names of keys we make. */
export type SigningAlgorithm = 'ES256' | 'RS256';

export type SigningKeyState = 'announced' | 'active' | 'retiring' | 'retired';

/** When a key does what. States follow from these instants, so no lost message can split replicas. */
export interface SigningKeyTimes {
  publishFrom: Date;
  signFrom: Date;
  signUntil: Date | undefined;
  publishUntil: Date | undefined;
  revokedAt: Date | undefined;
}

export interface SigningKey extends SigningKeyTimes {
  kid: string;
  alg: SigningAlgorithm;
  publicJwk: JWK;
  /** The private half, or what a PKCS #11 token that keeps it calls it. */
  privateSealed: Buffer | undefined;
  tokenReference: string | undefined;
}

/** A published key, ready to sign. */
export interface PublishedKey {
  kid: string;
  alg: SigningAlgorithm;
  publicJwk: JWK;
  /** undefined: it cannot leave the device that signs with it. */
  privateJwk: JWK | undefined;
  /** The signature of a JWS (RFC 7515 §5.1) over its signing input. */
  sign(input: Uint8Array): Promise<Uint8Array>;
}

/** What one Provider is built from: every published key, the signing one first. */
export interface KeySnapshot {
  keys: PublishedKey[];
  /** Kids in order and the moment the picture changes next: equal stamps mean equal key sets. */
  stamp: string;
  changesAt: Date | undefined;
}

/** Spans a rotation follows, in milliseconds. */
export interface KeySchedule {
  /** How long a key signs before another takes over. */
  rotateAfterMs: number;
  /** How long a key is published before it signs. */
  announceMs: number;
  /** How long a key stays published after it signed last. */
  keepPublishedMs: number;
}

/** What a rotation would do: keys to make, and keys whose end it sets. */
export interface RotationPlan {
  create: { alg: SigningAlgorithm; publishFrom: Date; signFrom: Date }[];
  close: { kid: string; signUntil: Date; publishUntil: Date }[];
}

/** A revocation and the second person's word on it. */
export interface KeyRevocation {
  kid: string;
  revokedAt: Date;
  /** null: an operator's command. */
  revokedBy: string | null;
  revokedByName: string | null;
  reason: string;
  confirmedAt: Date | null;
  confirmedByName: string | null;
  alarmedAt: Date | null;
}
