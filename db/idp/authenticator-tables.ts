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
export interface AuthenticatorTables {
  passkey: PasskeyTable;
  webauthn_challenge: WebauthnChallengeTable;
  recovery_code: RecoveryCodeTable;
  pending_email: PendingEmailTable;
}
