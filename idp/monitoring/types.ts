import type { SigningAlgorithm, SigningKeyTimes } from '../signing-keys/index.ts';

/** An outbox: what waits in it, for how long, and what was given up. */
export interface Outbox {
  waiting: number;
  oldestSeconds: number;
  dead: number;
}

/** The state of the whole, as one statement finds it. */
export interface Snapshot {
  /** Milliseconds by the database's clock. */
  databaseTime: number;
  mails: Outbox;
  logouts: Outbox;
  /** Words to clients in ping mode that somebody has answered (CIBA §10.2). */
  pings: Outbox;
  unsealed: number;
  unsealedSeconds: number;
  spooled: number;
  keys: (SigningKeyTimes & { alg: SigningAlgorithm })[];
  /** The last bucket there is a partition for, by table. */
  lastBuckets: Map<string, number>;
  /** Months after this one that the audit trail has a partition for. */
  auditMonthsAhead: number;
}
