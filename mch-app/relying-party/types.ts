import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Log } from '#kit/log.ts';
import type { Db } from '#db/mch/tables.ts';
import type { Caller } from '../audit/index.ts';
import type { Account, BrowserCookie, Limits, SignedInContext } from '../sessions/index.ts';
import type { IdentityProvider } from './discovery.ts';

/** What the protocol steps work with; `app.ts` provides it. */
export interface RelyingParty {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  log: Log;
  provider: IdentityProvider;
  /** Our own origin: redirect URIs are built from it, never from what a request says. */
  origin: string;
  limits: Limits;
  refreshSeconds: number;
  sessionCookie: BrowserCookie;
  /** Ties a sign-in under way to the browser that began it. */
  signInCookie: BrowserCookie;
  callerOf(ctx: SignedInContext): Caller;
  /** Keeps a form that was sent after its session had ended. @returns where it is shown again, if it was kept */
  keepForm(ctx: SignedInContext, sessionDigest: Buffer): Promise<string | undefined>;
  /** Where a person lands who wanted `path` as `account`: there, or at home if the account may not. */
  landingFor(account: Account, path: string): string;
}

export type Purpose = 'sign_in' | 'step_up' | 'recover';

/** One sign-in under way, from the redirect to the callback. */
export interface Transaction {
  purpose: Purpose;
  /** The account asked for by name, to be asked for again if this attempt comes back empty. */
  accountId?: string;
  /** Seconds; the sign-in must be at least this fresh. */
  maxAge?: number;
  returnTo: string;
  nonce: string;
  codeVerifier: string;
}
