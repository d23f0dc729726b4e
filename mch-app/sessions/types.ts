export interface Unit {
  code: string;
  name: string;
  kind: string;
  /** 5 digits. */
  county: string;
  /** 8 digits. */
  town: string;
}

/** The subsystem account a person acts as here; `role`, `duty` and `menuRoles` are codes of our manifest. */
export interface Account {
  id: string;
  /** The person's own name for it. */
  binding: string;
  unit: Unit;
  role: string;
  duty: string;
  menuRoles: string[];
}

/** One of the person's accounts, as far as the switch menu needs it. */
export interface KnownAccount {
  id: string;
  binding: string;
  unitName: string;
  role: string;
}

/** Told once, on the next page: what a deed did. `key` is a locale key. */
export interface Notice {
  kind: 'success' | 'info' | 'warning' | 'error';
  key: string;
  params?: Record<string, string>;
}

/** Who acts for the person, as the single entry says (RFC 8693 §4.1), and until when at the latest. */
export interface Act {
  sub: string;
  name: string;
  /** ISO 8601. */
  until: string;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  idToken: string;
}

/** A person signed in here, in one browser, as one account. */
export interface Session {
  digest: Buffer;
  iss: string;
  sub: string;
  /** The single entry's name for this session here; logout may come by it. */
  sid: string | null;
  personName: string;
  account: Account;
  /** Every account the person could act as, the present one among them. */
  knownAccounts: KnownAccount[];
  /** Grows with every switch: what was rendered before is recognised by it. */
  generation: number;
  /** The accounts that were shown what waits for them, in this sign-in. */
  todosShown: string[];
  tokensSealed: Buffer;
  refreshedAt: Date;
  createdAt: Date;
  activeAt: Date;
  expiresAt: Date;
  notice?: Notice;
  /** Somebody else than the person sits there. */
  act?: Act;
}

/** Whose session has ended. */
export type Past = Pick<Session, 'iss' | 'sub'> & { accountId: string };

/** Why a session is over. */
export type EndReason =
  | 'signed_out_here'
  | 'signed_out_everywhere'
  | 'idle'
  | 'absolute'
  | 'back_channel_logout'
  | 'refresh_refused'
  | 'replaced';
