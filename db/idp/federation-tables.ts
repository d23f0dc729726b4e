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
}

/** OpenID Federation 1.0, as the provider. */
export interface FederationTables {
  federation_settings: FederationSettingsTable;
  federation_client: FederationClientTable;
  federation_key: Omit<SigningKeyTable, OfSigning>;
}
