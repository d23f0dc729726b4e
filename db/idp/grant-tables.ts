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
  /** That it expired without an answer is on record. */
  expiry_noted_at: ColumnType<Date | null, Date | null | undefined, Date>;
}

/** The notification of a client that a CIBA request was answered. */
export interface BackchannelPingTable {
  id: ColumnType<number, never, never>;
  request_digest: Buffer;
  client_id: string;
  /** The request's id and the client's own bearer token for this notification, sealed. */
  secret_sealed: Buffer;
  created_at: ColumnType<Date, Date | undefined, never>;
  attempts: ColumnType<number, number | undefined, number>;
  /** Null until the request is answered. */
  next_attempt_at: ColumnType<Date | null, Date | null | undefined, Date>;
  leased_until: ColumnType<Date | null, Date | null | undefined, Date | null>;
  delivered_at: ColumnType<Date | null, Date | null | undefined, Date>;
  dead_at: ColumnType<Date | null, Date | null | undefined, Date>;
  last_error: ColumnType<string | null, string | null | undefined, string | null>;
}

/** Who may register clients, and who may manage one. */
export interface RegistrationTokenTable {
  id_digest: Buffer;
  handle: ColumnType<string, string | undefined, never>;
  kind: 'initial' | 'management';
  client_id: ColumnType<string | null, string | null | undefined, never>;
  label: ColumnType<string, string | undefined, never>;
  reason: ColumnType<string, string | undefined, never>;
  uses_left: ColumnType<number | null, number | null | undefined, number>;
  created_at: ColumnType<Date, Date | undefined, never>;
  expires_at: ColumnType<Date | null, Date | null | undefined, never>;
  revoked_at: ColumnType<Date | null, Date | null | undefined, Date>;
}

export interface GrantTables {
  backchannel_ping: BackchannelPingTable;
  registration_token: RegistrationTokenTable;
  oidc_waiting: OidcWaitingTable;
}
