import type { ColumnType } from 'kysely';
import type { SigningKeyTable } from './signing-tables.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface FederationSettingsTable {
  /** Always true: there is one row. */
  id: Defaulted<boolean>;
  document: ColumnType<unknown, string, string>;
  version: Defaulted<number>;
  updated_at: Timestamp;
}

type OfSigning = 'sign_earliest' | 'sign_deadline' | 'promoted_at' | 'promoted_without' | 'imported';

export interface FederationClientTable {
  client_id: string;
  policy: string;
  anchor: string;
  registered_at: Timestamp;
  expires_at: Timestamp;
  ended_at: ColumnType<Date | null, null | undefined, Date | null>;
  /** When it said of itself what it is registered with, the latest of all. */
  said_at: ColumnType<Date | null, Date, Date>;
  /** SHA-256 of the statement by which it registered explicitly. */
  statement: ColumnType<string | null, string | null, string | null>;
  renews: Defaulted<boolean>;
  tried_at: ColumnType<Date | null, null | undefined, Date | null>;
  /** The rule that the last try to renew broke. */
  failure: ColumnType<string | null, null | undefined, string | null>;
  failed_at: ColumnType<Date | null, null | undefined, Date | null>;
}

/** OpenID Federation 1.0, as the provider. */
export interface FederationTables {
  federation_settings: FederationSettingsTable;
  federation_client: FederationClientTable;
  federation_key: Omit<SigningKeyTable, OfSigning> & { awaits_superiors: Defaulted<boolean> };
}
