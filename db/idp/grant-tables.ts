import type { ColumnType } from 'kysely';

/** A device code or CIBA request, from the client's asking until its tokens are fetched. */
export interface OidcWaitingTable {
  id_digest: Buffer;
  handle: ColumnType<string, string | undefined, never>;
  kind: string;
  client_id: string;
  account_id: string | null;
  user_code_digest: Buffer | null;
  /** The library's document, sealed: it has addresses, messages and tokens of others in it. */
  payload_sealed: Buffer;
  state: 'waiting' | 'begun' | 'approved' | 'denied';
  interval_seconds: number;
  polled_at: Date | null;
  consumed_at: Date | null;
  created_at: ColumnType<Date, Date | undefined, never>;
  expires_at: Date;
}

export interface GrantTables {
  oidc_waiting: OidcWaitingTable;
}
