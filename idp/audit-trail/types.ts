/**
 * A record as it is hashed: every column as PostgreSQL's own text, so that a microsecond or a space that changed
 * shows. `at` is UTC with microseconds.
 */
export interface TrailRecord {
  id: number;
  at: string;
  type: string;
  outcome: string;
  reason: string | null;
  accountId: string | null;
  actorAccountId: string | null;
  clientId: string | null;
  sessionUid: string | null;
  fromSubsystemAccountId: string | null;
  toSubsystemAccountId: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: string;
  unitCode: string | null;
  /** The transaction that wrote it. */
  xid: string;
}

/** What a seal says, without its own hash. Moments are UTC texts with microseconds, transaction ids decimal texts. */
export interface SealBody {
  number: number;
  /** The first day of the month all its records are of. */
  month: string;
  xidFrom: string;
  xidTo: string;
  afterId: number;
  ids: number[];
  /** The leaf of each record, in the order of `ids`. */
  leaves: Buffer;
  root: Buffer;
  firstAt: string;
  lastAt: string;
  previousHash: Buffer;
  sealedAt: string;
}

export interface Seal extends SealBody {
  hash: Buffer;
}

/** How far the chain has come. */
export interface SealHead {
  number: number;
  hash: Buffer;
  xidTo: string;
  afterId: number;
  sealedAt: string;
}

/** Which transactions are over. */
export interface Horizon {
  /** Every transaction below this one is over. */
  xmin: string;
  /** No transaction from this one on has begun. */
  xmax: string;
  at: string;
}

/** Which records to seal next: those of transactions in a span, with ids above one. */
export interface SealSpan {
  xidFrom: string;
  /** Exclusive; undefined: all, for they are of another time of this database. */
  xidTo: string | undefined;
  afterId: number;
}

export type FindingKind =
  | 'record_changed'
  | 'record_missing'
  | 'record_added'
  | 'record_backdated'
  | 'seal_changed'
  | 'seal_missing'
  | 'chain_broken'
  | 'checkpoint_wrong';

/** One place where the trail is not what was sealed. */
export interface Finding {
  kind: FindingKind;
  seal?: number;
  record?: number;
  /** When the record says it was. */
  at?: string;
}

/** What a verification found. */
export interface Verification {
  seals: number;
  records: number;
  /** Records of seals whose months were removed after their retention; only the chain was verified. */
  retired: number;
  /** Written so lately that they are not sealed yet. */
  unsealed: number;
  checkpoints: number;
  findings: Finding[];
  /** Whether there were more findings than are listed. */
  cut: boolean;
}

/** What to verify: the seals made, and the records of, a span of time. */
export interface VerificationSpan {
  from?: Date;
  to?: Date;
}

/** What a checkpoint states. */
export interface CheckpointStatement {
  purpose: 'audit-checkpoint';
  issuer: string;
  seal: number;
  hash: string;
  sealedAt: string;
  signedAt: string;
}
