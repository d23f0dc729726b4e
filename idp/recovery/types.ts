import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Account } from '../accounts/index.ts';
import type { Caller } from '../audit/index.ts';
import type { CardVerifier, PasswordHasher, PasswordRules } from '../authenticators/index.ts';

export interface RecoveryDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  hasher: PasswordHasher;
  rules: PasswordRules;
  /** The one origin that mailed links lead to. */
  issuer: string;
  /** Judges cards; absent where none are taken. */
  cards?: CardVerifier | undefined;
}

/** What somebody typed who forgot their password. */
export interface ResetRequest {
  account: string;
  email: string;
  locale: Locale;
  requestedAt: Date;
  caller: Caller;
}

export type IssueRefusal =
  | 'stale'
  | 'unknown_account'
  | 'address_differs'
  | 'too_many_requests'
  | 'account_disabled'
  | 'account_expired';

/** A mailed link, and whose it is. */
export interface ResetLink {
  digest: Buffer;
  owner: Account & { hasTotp: boolean; hasPasskey: boolean; hasCard: boolean };
  expiresAt: Date;
  endedBy: 'used' | 'superseded' | 'password_changed' | null;
  /** The browser that proved the second factor, and until when that counts. */
  browserDigest: Buffer | null;
  provenUntil: Date | null;
}

export type LinkStep = { step: 'second-factor' | 'new-password' } | { step: 'closed'; reason: ClosedReason };

export type ClosedReason = 'expired' | 'used' | 'superseded' | 'unknown';
