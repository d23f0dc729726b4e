/** Who asked, as the transport knows it. */
export interface Caller {
  ip: string;
  userAgent: string;
  requestId: string;
}

/** One security event. Never holds a password, token, captcha answer, or a login name nobody owns. */
export interface AuditEvent {
  /** `noun.past_tense`, e.g. `session.started`. */
  type: `${string}.${string}`;
  /** Why it was refused; an event with a reason is a refusal unless `outcome` says otherwise. */
  reason?: string;
  outcome?: 'success' | 'refused';
  /** The account the event is about; `actorAccountId` only when somebody else did it. */
  accountId?: string;
  actorAccountId?: string;
  clientId?: string;
  sessionUid?: string;
  fromSubsystemAccountId?: string;
  toSubsystemAccountId?: string;
  caller?: Caller;
  details?: Record<string, string | number | boolean | string[]>;
}
