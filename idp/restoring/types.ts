/** What the database says of itself. */
export interface RestoreFacts {
  epoch: number;
  issuedAfter: Date | undefined;
  /** The target of the restore that was finished last. */
  finishedTarget: string;
  begunAt: Date | undefined;
  /** The recovery target PostgreSQL was started with; empty for any server that was not restored to one. */
  target: string;
  /** How far its log has come, in bytes; undefined on a standby. */
  logPosition: number | undefined;
  timeline: number;
  systemIdentifier: string;
}

/** What a replica remembers of the time before. */
export type Remembered = Pick<RestoreFacts, 'epoch' | 'timeline' | 'systemIdentifier'> & {
  logPosition: number;
};

/** How many of each kind ended. */
export type Ended = Record<string, number>;
