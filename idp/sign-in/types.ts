import type { Context } from '#kit/http/context.ts';
import type { FieldError } from '#templates/views.ts';
import type { Account } from '../accounts/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import type { BoundAccount } from '../bindings/index.ts';
import type { UpstreamTie } from '../federation/index.ts';

export type LocalizedText = { 'zh-TW': string; en: string };

/** What the protocol edge knows of one interaction. */
export interface InteractionFacts {
  uid: string;
  /** Where the protocol goes on once the interaction has its result. */
  returnTo: string;
  prompt: 'login' | 'select_account' | 'consent';
  /** Why the person is asked: the reasons of oidc-provider's prompt checks and our own. */
  reasons: string[];
  clientId: string;
  clientName?: LocalizedText;
  /** Addresses of the client's own pages (Registration §2); shown where consent is asked for. */
  clientPages?: { policy?: string; terms?: string };
  /** Absent for a client that belongs to no subsystem: then no account is chosen. */
  subsystem?: { code: string; name: LocalizedText; colour: number };
  /** The scopes consent is asked for. */
  scopes?: string[];
  /** And what it asks for in more words (RFC 9396). */
  authorizationDetails?: { label: LocalizedText; facts: { label: LocalizedText; value: string }[] }[];
  /** Origins the redirect chain after a form may reach. */
  redirectOrigins: string[];
  /** Classes of which one must be reached. */
  requestedAcr: string[];
  /** Seconds. */
  maxAge?: number;
  loginHint?: string;
  /** Languages the client wishes for, the best first. */
  uiLocales?: string;
  /** Who is signed in already in this browser; `authTime` in seconds. */
  session?: { accountId: string; acr: string; amr: string[]; authTime: number; uid?: string };
  /** The `account` parameter, the login_hint or the portal's choice. */
  requestedSubsystemAccountId?: string;
  /** The client asked for the choice itself (`prompt=select_account`), so that none is made silently. */
  mustChooseAccount?: boolean;
  progress: SignInProgress;
  /** What another browser has proven in this interaction: it counts for nothing here. */
  others?: SignInProgress;
}

/** What this journey has proven so far. Kept in the interaction on the server, never in the browser. */
export interface SignInProgress {
  accountId?: string;
  amr: string[];
  /** Seconds; when the first factor was proven in this journey. */
  authenticatedAt?: number;
  /** Seconds; when this journey itself replaced the password it had proven. */
  passwordChosenAt?: number;
  subsystemAccountId?: string;
  /** The first factor was proven at the provider of an institution, by this link. */
  upstream?: UpstreamTie;
  /** The authenticator app offered to somebody who must have one: see `offerTotp`. */
  offer?: string;
  /** What the last form said and why it was not taken, for the page that follows the redirect. */
  retry?: { account?: string; errors: FieldError[] };
}

export interface SignInResult {
  accountId: string;
  acr: string;
  amr: string[];
  /** Seconds. */
  authTime: number;
  subsystemAccountId?: string;
  consent?: 'granted';
  /** The sign-in before this one, when this journey authenticated the person. */
  previousSignInAt?: Date;
  upstream?: UpstreamTie;
}

/** That somebody signed in, to be written with the result. */
export interface SignedIn {
  accountId: string;
  at: Date;
  upstream: UpstreamTie | undefined;
  event: AuditEvent;
}

/** What the journey needs of the protocol edge. */
export interface SignInPort {
  /** @throws Fault interaction_expired when it is stale or belongs to another browser */
  load(ctx: Context): Promise<InteractionFacts>;
  save(ctx: Context, facts: InteractionFacts, progress: SignInProgress): Promise<void>;
  /**
   * Writes the result once, with that somebody signed in, and redirects (303) to `returnTo`.
   * @throws Fault interaction_expired when it has ended meanwhile: then nothing is written
   */
  finish(ctx: Context, facts: InteractionFacts, result: SignInResult, signedIn?: SignedIn): Promise<void>;
  /** Answers the client `access_denied`. */
  abort(ctx: Context, facts: InteractionFacts): Promise<void>;
}

/** Somebody who signs in, with what their authenticators say. */
export interface Person extends Account {
  passwordHash: string | null;
  passwordChangedAt: Date | null;
  mustChangePassword: boolean | null;
  hasTotp: boolean;
  hasPasskey: boolean;
  /** A professional's card. */
  hasCard: boolean;
}

/** The accounts of one person at one subsystem, as far as the next step depends on them. */
export interface AccountChoice {
  total: number;
  /** The only one there is. */
  only?: BoundAccount;
  /** The one chosen here or asked for by the request, when the person may act as it. */
  named?: BoundAccount;
}

export type RefusalReason = 'account_disabled' | 'account_expired' | 'second_factor_missing';

export type Step =
  | {
      step:
        | 'password'
        | 'second-factor'
        | 'enrol-second-factor'
        | 'enrol-passkey'
        | 'choose-account'
        | 'no-account';
    }
  | { step: 'consent'; result: SignInResult }
  | { step: 'change-password'; reason: 'expired' | 'required' }
  | { step: 'refused'; reason: RefusalReason }
  | { step: 'done'; result: SignInResult };
