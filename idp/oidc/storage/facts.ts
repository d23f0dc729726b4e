import type { AdapterPayload } from 'oidc-provider';

/** The person a token, session or sign-in belongs to; present only while the account is active. */
export interface PersonFacts {
  accountId: string;
  loginName: string;
  name: string;
  email: string;
  phone: string;
  /** The subjects the person has in sectors, by sector. */
  subjects: Record<string, string>;
}

/** The subsystem account a grant is tied to; present only while it is active, bound and this person's. */
export interface ActingFacts {
  id: string;
  binding: string;
  role: string;
  duty: string;
  menuRoles: string[];
  unit: { code: string; name: string; kind: string; county: string; town: string };
}

/** One entry of the `accounts` claim. */
export interface OtherAccount {
  id: string;
  binding: string;
  unit: { code: string; name: string };
  role: string;
  duty: string;
}

/** A subsystem account that could be chosen at this client. */
export interface AccountCandidate {
  id: string;
  role: string;
}

/** What one joined read learned about choosing an account at one client. */
export interface ChoiceFacts {
  /** At most four: the wanted, the portal's, the current one, and enough others to know whether it is the only. */
  candidates: AccountCandidate[];
  /** Chosen at the portal for the next entry to this client, still fresh. */
  nextAccountId: string | undefined;
  /** The account this session acted as last at this client. */
  currentAccountId: string | undefined;
}

export interface GrantFacts {
  payload: AdapterPayload;
  subsystemAccountId: string | undefined;
  acting: ActingFacts | undefined;
}

export interface SessionClient {
  sid?: string | undefined;
  grantId?: string | undefined;
  persistsLogout?: boolean | undefined;
}

/** Somebody else than the person sits before the browser, for a while and at one client alone. */
export interface ImpersonationFacts {
  id: string;
  operator: { accountId: string; name: string };
  clientId: string;
  subsystemAccountId: string;
  until: Date;
}

export interface SessionFacts {
  uid: string;
  /** Hex of the digest the row is found by. */
  digest: string;
  payload: AdapterPayload;
  activeAt: Date;
  expiresAt: Date;
  impersonation: ImpersonationFacts | undefined;
  clients: Record<string, SessionClient>;
}
