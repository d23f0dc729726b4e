import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

export interface UpstreamProviderTable {
  code: string;
  issuer: string;
  manifest: ColumnType<unknown, string, string>;
  secret_sealed: Buffer | null;
  status: Defaulted<'active' | 'disabled'>;
  version: Defaulted<number>;
  updated_at: Timestamp;
}

export interface UpstreamLinkTable {
  id: Generated<string>;
  account_id: string;
  provider_code: string;
  issuer: string;
  subject: string;
  facts_sealed: Buffer;
  linked_at: Timestamp;
  last_used_at: Defaulted<Date | null>;
}

export interface UpstreamGenerationTable {
  account_id: string;
  provider_code: string;
  generation: Defaulted<number>;
}

export interface UpstreamSessionTable {
  session_uid: string;
  link_id: string;
  sid: string | null;
  id_token_sealed: Buffer;
}

interface OnTheWay {
  id: string;
  browser_digest: Buffer;
  provider_code: string;
  purpose: 'sign_in' | 'link';
  /** The interaction or the session it belongs to. */
  within: string;
  content_sealed: Buffer;
  expires_at: Timestamp;
}

export interface UpstreamDepartureTable extends OnTheWay {
  state_digest: Buffer;
}

export interface UpstreamProofTable {
  id: string;
  browser_digest: Buffer;
  provider_code: string;
  enrollment_id: Defaulted<string | null>;
  content_sealed: Buffer;
  expires_at: ColumnType<Date | null, Date | null, Date | null>;
}

export interface UpstreamLogoutTable {
  id: Generated<string>;
  issuer: string;
  subject: string | null;
  sid: string | null;
  said_at: Timestamp;
  received_at: Timestamp;
  expires_at: Timestamp;
}

/** Providers of people's own institutions. */
export interface UpstreamTables {
  upstream_provider: UpstreamProviderTable;
  upstream_link: UpstreamLinkTable;
  upstream_generation: UpstreamGenerationTable;
  upstream_session: UpstreamSessionTable;
  upstream_departure: UpstreamDepartureTable;
  upstream_arrival: OnTheWay;
  upstream_proof: UpstreamProofTable;
  upstream_logout: UpstreamLogoutTable;
}
