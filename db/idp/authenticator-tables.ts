import type { ColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface PasskeyTable {
  id: string;
  account_id: string;
  public_key: Buffer;
  counter: number;
  transports: Defaulted<string[]>;
  name: Defaulted<string>;
  added_at: Timestamp;
  last_used_at: Timestamp | null;
}

export interface WebauthnChallengeTable {
  scope: Buffer;
  value: string;
  expires_at: Timestamp;
}

export interface RecoveryCodeTable {
  account_id: string;
  code_digest: Buffer;
  created_at: Timestamp;
  used_at: Timestamp | null;
}

export interface PendingEmailTable {
  account_id: string;
  email: string;
  token_digest: Buffer;
  expires_at: Timestamp;
}

/** What people prove themselves with beside a password and an app. */
export interface PasswordCredentialTable {
  account_id: string;
  hash: string;
  changed_at: Timestamp;
  must_change: Defaulted<boolean>;
}

export interface PasswordHistoryTable {
  account_id: string;
  retired_at: Timestamp;
  hash: string;
}

export interface TotpCredentialTable {
  account_id: string;
  secret_sealed: Buffer;
  last_used_step: Defaulted<number>;
  enrolled_at: Timestamp;
  name: Defaulted<string>;
}

export interface AttemptThrottleTable {
  kind: string;
  subject: Buffer;
  failures: number;
  locked_until: Timestamp | null;
  updated_at: Timestamp;
}

export interface CaptchaChallengeTable {
  interaction_uid: Buffer;
  answer: string;
  expires_at: Timestamp;
}

export interface AuthenticatorTables {
  password_credential: PasswordCredentialTable;
  password_history: PasswordHistoryTable;
  totp_credential: TotpCredentialTable;
  attempt_throttle: AttemptThrottleTable;
  captcha_challenge: CaptchaChallengeTable;
  passkey: PasskeyTable;
  webauthn_challenge: WebauthnChallengeTable;
  recovery_code: RecoveryCodeTable;
  pending_email: PendingEmailTable;
}
