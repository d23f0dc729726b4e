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
  details?: Record<string, DetailValue>;
}

/** A value among the details of a record. */
export type DetailValue =
  string | number | boolean | null | readonly DetailValue[] | { readonly [name: string]: DetailValue };

/** Whoever does a deed in the console; every console caller is one. */
export interface ConsoleActor {
  accountId: string;
  role: string;
  unitCode: string;
  session: { uid: string };
  /** By a subsystem's pages instead of the console's. */
  via?: 'api';
}

/** One deed of an administrator. */
export interface ConsoleDeed {
  /** `noun.past_tense`, e.g. `unit.closed`. */
  type: `${string}.${string}`;
  /** What it was done to: its kind and id, e.g. `unit` and its code. */
  target: { kind: string; id: string };
  /** The account it is about, when it is about one other than the administrator's. */
  accountId?: string;
  subsystemAccountId?: string;
  clientId?: string;
  /** The unit it is about: of the account when left out, else of the administrator. */
  unitCode?: string;
  /** Field → value before and after. All names are recorded; values only of fields that are neither secret nor personal. */
  changes?: Readonly<Record<string, readonly [before: unknown, after: unknown]>>;
  /** Fields whose values may be recorded although their names sound personal, such as a unit's `name`. */
  open?: readonly string[];
  /** What the administrator wrote. */
  reason?: string;
  /** Why it was refused; only for refusals worth a record. */
  refusal?: string;
  /** Further facts: counts, file names. Never a secret or personal value. */
  details?: Record<string, DetailValue>;
  /** From where, as `callerOf(ctx, hops)` tells. */
  from: Caller;
}
