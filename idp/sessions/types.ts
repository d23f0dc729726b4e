/** A browser's session at the single entry, with the person it belongs to. */
export interface BrowserSession {
  uid: string;
  accountId: string;
  personName: string;
  loginName: string;
  acr: string | undefined;
  /** Signed in at an institution's provider alone: nothing of the person's was proven here. */
  provenElsewhere?: true;
  /** The sign-in before this session's. */
  previousSignInAt: Date | undefined;
  activeAt: Date;
  loginAt: Date;
  /** Undefined for who has no password. */
  passwordChangedAt?: Date | undefined;
  /** Has work at the console: by role, or by an account that manages at its subsystem. */
  administers: boolean;
  /** Who acts as one of the person's accounts just now. */
  helper?: { name: string; subsystemCode: string; until: Date };
}

/** Why sessions end; each end reaches every client the session was used at. */
export type EndCause =
  'sign_out' | 'ended_by_owner' | 'expired' | 'account_disabled' | 'password_changed' | 'administrator';

/** One of a person's own sessions, as they see it. */
export interface OwnSession {
  uid: string;
  signedInAt: Date;
  activeAt: Date;
  ip: string | null;
  userAgent: string | null;
  /** The clients that hold something granted in it. */
  clientIds: string[];
}

/** What a system may do as the person without any browser of theirs. */
export interface UnattendedGrant {
  /** What pages name it by. */
  ref: string;
  clientId: string;
  /** The account it acts as; undefined where it acts as none. */
  binding: string | undefined;
  since: Date;
  endsAt: Date;
}

/** One line of a person's sign-in history. */
export interface SignInEvent {
  id: number;
  at: Date;
  type: string;
  outcome: 'success' | 'refused';
  reason: string | null;
  clientId: string | null;
  ip: string | null;
  userAgent: string | null;
}
