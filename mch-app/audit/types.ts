/** Who asked, as the transport knows it. */
export interface Caller {
  ip: string;
  userAgent: string;
  requestId: string;
}

/** One security event. Never holds a token, a name or an address. */
export interface AuditEvent {
  /** `noun.past_tense`, e.g. `session.started`. */
  type: `${string}.${string}`;
  outcome?: 'success' | 'refused';
  reason?: string;
  sub?: string;
  sid?: string | null;
  /** The subsystem account the person acts as (after a switch: the new one). */
  accountId?: string;
  fromAccountId?: string;
  /** The `sub` of whoever really did it, when somebody acted for the person. */
  act?: string;
  caller?: Caller;
}
