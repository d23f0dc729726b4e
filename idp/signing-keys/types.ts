import type { JWK } from 'jose';

/** RFC 7518 algorithm names of keys we make. */
export type SigningAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

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
  /** Absent for a key that signed at once. */
  wait?: KeyWait | undefined;
  /** When it was recorded that it signs; absent until then. */
  promotedAt?: Date | undefined;
  /** The clients that had not fetched it when it began to sign. */
  promotedWithout?: string[] | undefined;
}

/** Between these a key begins to sign: as soon as every active client has fetched it, else at the deadline. */
export interface KeyWait {
  earliest: Date;
  deadline: Date;
}

/** What is known of a client and one key. */
export interface ClientEvidence {
  clientId: string;
  /** When a key set with the key went to an address from which it authenticated within a day. */
  fetchedAt: Date | null;
  /** When it authenticated last. */
  seenAt: Date | null;
}

/** What anybody may know of a key. */
export type PublicKey = Pick<SigningKey, 'kid' | 'alg' | 'publicJwk'>;

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
  /** Of each algorithm the key clients learn last. */
  newest: string[];
  changesAt: Date | undefined;
}

/** Spans a rotation follows, in milliseconds. */
export interface KeySchedule {
  /** How long a key signs before another takes over. */
  rotateAfterMs: number;
  /** How long a key is published, at least, before it signs. */
  announceMs: number;
  /** How long after its publication it signs, whoever has not fetched it. */
  deadlineMs: number;
  /** How long a key stays published after it signed last. */
  keepPublishedMs: number;
  /** How long whatever a key signed may be verified by somebody, a session's hints apart. */
  tokenMs: number;
  /** A moment moved lies at least this far ahead, so that every replica has read it before it comes. */
  handoverMs: number;
  /** How far clocks may be apart. */
  skewMs: number;
}

/** A key to make, and when it does what. */
export interface NewKeyTimes {
  publishFrom: Date;
  signFrom: Date;
  wait?: KeyWait;
}

/** What a rotation would do: keys to make, and keys whose end it sets. */
export interface RotationPlan {
  create: ({ alg: SigningAlgorithm } & NewKeyTimes)[];
  close: { kid: string; signUntil: Date; publishUntil: Date }[];
}

/** What follows a revocation: who signs from now on, or on. */
export interface RevocationPlan {
  alg: SigningAlgorithm;
  /** The key that goes on signing, as its successor is gone. */
  reopen?: string;
  /** The announced successor, which signs at once. */
  promote?: { kid: string; signFrom: Date };
  create?: RotationPlan['create'][number];
}

export type RetirementDecision =
  | { allowed: true; reopen?: string }
  | { allowed: false; reason: 'unknown_key' | 'signs' }
  | { allowed: false; reason: 'tokens_live'; until: Date }
  | { allowed: false; reason: 'sessions_live'; sessions: number; until: Date | undefined };

export type KeyAlarmKind =
  /** No successor was made in time. */
  | 'rotation_overdue'
  /** A key's end is set, and none follows. */
  | 'no_successor'
  /** Half of the time to the deadline is over, and clients have not fetched the successor. */
  | 'promotion_waits'
  /** A key signs although clients have not fetched it. */
  | 'promoted_unseen'
  /** A replica works with other keys than there are. */
  | 'replica_behind'
  /** Superiors have not taken the next federation key for long. */
  | 'vouching_waits'
  /** A federation key is old, and no successor is announced. */
  | 'federation_overdue';

/** Something about the keys that somebody has to look at. */
export interface KeyAlarm {
  kind: KeyAlarmKind;
  /** A kid, or the name of a replica. */
  subject: string;
  /** `page`: the console's page about it, where that is not the signing keys'. */
  facts: Record<string, string>;
}

/** Which keys a replica works with. */
export interface KeyReplica {
  replica: string;
  stamp: string;
  seenAt: Date;
}

/** What alarms are judged by. */
export interface AlarmFacts {
  keys: SigningKey[];
  /** Clients that each key waits for, or signs without. */
  unseenBy: Map<string, string[]>;
  replicas: KeyReplica[];
  /** What every replica should work with. */
  stamp: string;
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
