import type { ColumnType } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Json<T> = ColumnType<T, string, string>;

export interface SigningKeyTable {
  kid: string;
  alg: string;
  public_jwk: Json<Record<string, unknown>>;
  /** null: a PKCS #11 token keeps it, under `token_reference`. */
  private_sealed: Buffer | null;
  token_reference: Defaulted<string | null>;
  publish_from: Timestamp;
  sign_from: Timestamp;
  sign_until: Timestamp | null;
  publish_until: Timestamp | null;
  revoked_at: Timestamp | null;
  reason: string;
  created_at: Defaulted<Date>;
  sign_earliest: Timestamp | null;
  sign_deadline: Timestamp | null;
  promoted_at: Defaulted<Date | null>;
  promoted_without: Defaulted<string[] | null>;
  imported: Defaulted<boolean>;
}

export interface KeyAlarmTable {
  kind: string;
  subject: string;
  facts: Json<Record<string, string>>;
  raised_at: Timestamp;
  ended_at: Defaulted<Date | null>;
}

export interface KeyReplicaTable {
  replica: string;
  stamp: string;
  seen_at: Timestamp;
}

export interface KeyRevocationTable {
  kid: string;
  revoked_at: Timestamp;
  revoked_by: string | null;
  reason: string;
  confirmed_at: Defaulted<Date | null>;
  confirmed_by: Defaulted<string | null>;
  alarmed_at: Defaulted<Date | null>;
}

export interface JwksFetchTable {
  address: string;
  kid: string;
  fetched_at: Timestamp;
}

export interface ClientAddressTable {
  client_id: string;
  address: string;
  seen_at: Timestamp;
}

/** What a master key that is gone is still needed for. */
export interface CarriedKeyTable {
  id: string;
  purpose: string;
  secret_sealed: Buffer;
  created_at: Defaulted<Date>;
}

export interface SigningTables {
  carried_key: CarriedKeyTable;
  signing_key: SigningKeyTable;
  key_revocation: KeyRevocationTable;
  jwks_fetch: JwksFetchTable;
  client_address: ClientAddressTable;
  key_alarm: KeyAlarmTable;
  key_replica: KeyReplicaTable;
}
