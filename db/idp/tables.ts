import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { AccessTables } from './access-tables.ts';
import type { AuditTables } from './audit-tables.ts';
import type { AuthenticatorTables } from './authenticator-tables.ts';
import type { BreachedTables } from './breached-tables.ts';
import type { CareTables } from './care-tables.ts';
import type { ConsoleTables } from './console-tables.ts';
import type { ContentTables } from './content-tables.ts';
import type { DirectoryTables } from './directory-tables.ts';
import type { EnrollmentTables } from './enrollment-tables.ts';
import type { ExchangeTables } from './exchange-tables.ts';
import type { FederationTables } from './federation-tables.ts';
import type { FenceTables } from './fence-tables.ts';
import type { ImpersonationTables } from './impersonation-tables.ts';
import type { GrantTables } from './grant-tables.ts';
import type { HcaTables } from './hca-tables.ts';
import type { LifeTables } from './life-tables.ts';
import type { OnboardingTables } from './onboarding-tables.ts';
import type { SigningTables } from './signing-tables.ts';
import type { RestoreTables } from './restore-tables.ts';
import type { ReviewTables } from './review-tables.ts';
import type { StatusTables } from './status-tables.ts';
import type { UnitTables } from './unit-tables.ts';
import type { UpstreamTables } from './upstream-tables.ts';
import type { WatchTables } from './watch-tables.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** jsonb: read as a value, written as its JSON text so that arrays and strings stay JSON. */
type Json<T> = ColumnType<T, string, string>;

export type AccountRole = 'user' | 'unit_manager' | 'hpa_admin' | 'platform_ops';

export interface AccountTable {
  id: Generated<string>;
  person_no: string;
  login_name: string;
  name: string;
  title: Defaulted<string>;
  email: string;
  phone: Defaulted<string>;
  unit_code: string;
  role: AccountRole;
  status: 'active' | 'disabled';
  expires_at: Timestamp | null;
  national_id_sealed: Buffer;
  national_id_index: Buffer;
  last_sign_in_at: Timestamp | null;
  created_at: Defaulted<Date>;
  spare_phone: Defaulted<string>;
  unit_phone: Defaulted<string>;
  mobile: Defaulted<string>;
  spare_email: Defaulted<string>;
  /** When its owner changed the ID number, until somebody has confirmed it. */
  national_id_declared_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface SubsystemTable {
  code: string;
  suffix: string;
  manifest: Json<unknown>;
  status: Defaulted<'active' | 'disabled'>;
  updated_at: Timestamp;
  readiness: ColumnType<unknown, string | null | undefined, string | null>;
  pairwise: ColumnType<unknown, string | null | undefined, string | null>;
  full_manifest: ColumnType<unknown, string | null | undefined, string | null>;
}

export interface ClientTable {
  client_id: string;
  subsystem_code: string | null;
  metadata: Json<Record<string, unknown>>;
  secret_digest: Buffer | null;
  secret_set_at: Defaulted<Date | null>;
  previous_secret_digest: Defaulted<Buffer | null>;
  previous_secret_until: Defaulted<Date | null>;
  sector: Defaulted<string | null>;
  status: Defaulted<'active' | 'disabled'>;
  revision: Defaulted<number>;
}

export interface SubsystemAccountTable {
  id: string;
  subsystem_code: string;
  account_id: string | null;
  national_id_index: Buffer;
  holder_name: string;
  unit_code: string;
  role: string;
  duty: string;
  menu_roles: Defaulted<string[]>;
  fields: ColumnType<Record<string, unknown>, string | undefined, string>;
  status: 'pending' | 'active' | 'disabled' | 'suspended';
  local_password_hash: string | null;
  created_at: Defaulted<Date>;
  status_changed_at: Defaulted<Date | null>;
  suspended_because: Defaulted<'idle' | 'repeated_lock' | 'yearly_review' | 'manager' | null>;
}

export interface BindingTable {
  subsystem_account_id: string;
  account_id: string;
  name: string;
  favourite: Defaulted<boolean>;
  /** Of a favourite among its person's. */
  position: Defaulted<number | null>;
  bound_at: Defaulted<Date>;
  last_used_at: Timestamp | null;
}

export interface AuditEventTable {
  id: Generated<number>;
  at: Defaulted<Date>;
  type: string;
  outcome: 'success' | 'refused';
  reason: string | null;
  account_id: string | null;
  actor_account_id: string | null;
  client_id: string | null;
  session_uid: string | null;
  from_subsystem_account_id: string | null;
  to_subsystem_account_id: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: ColumnType<Record<string, unknown>, string | undefined, string>;
  /** The unit the event is about; the database fills in the account's when it is not given. */
  unit_code: Defaulted<string | null>;
  /** The transaction that wrote it. */
  xid: ColumnType<string, never, never>;
}

export interface OidcSessionTable {
  uid: string;
  id_digest: Buffer;
  account_id: string | null;
  payload: Json<Record<string, unknown>>;
  login_at: Timestamp | null;
  previous_sign_in_at: Timestamp | null;
  active_at: Timestamp;
  expires_at: Timestamp;
  ip: string | null;
  user_agent: string | null;
  /** Somebody else than the person sits there; `account_id` is empty then. */
  impersonation_id: Defaulted<string | null>;
}

export interface OidcSessionClientTable {
  session_uid: string;
  client_id: string;
  sid: string | null;
  grant_id: string | null;
  subsystem_account_id: string | null;
  persists_logout: Defaulted<boolean>;
  next_account_id: string | null;
  next_account_until: Timestamp | null;
}

export interface OidcGrantTable {
  id: string;
  account_id: string;
  client_id: string;
  session_uid: string | null;
  subsystem_account_id: string | null;
  payload: Json<Record<string, unknown>>;
  expires_at: Timestamp;
}

export interface OidcInteractionTable {
  uid_digest: Buffer;
  payload: Json<Record<string, unknown>>;
  answer: Generated<Buffer | null>;
  expires_at: Timestamp;
}

export interface OidcReplayTable {
  id: Buffer;
  expires_at: Timestamp;
}

export interface LogoutDeliveryTable {
  id: Generated<number>;
  client_id: string;
  account_id: string;
  sid: string | null;
  cause: string;
  created_at: Defaulted<Date>;
  attempts: Defaulted<number>;
  next_attempt_at: ColumnType<Date, Date | undefined, Date>;
  leased_until: Timestamp | null;
  delivered_at: Timestamp | null;
  dead_at: Timestamp | null;
  last_error: string | null;
}

export interface MailMessageTable {
  id: Generated<number>;
  kind: string;
  dedupe_key: string;
  account_id: string | null;
  recipient_digest: Buffer;
  content_sealed: Buffer | null;
  locale: 'zh-TW' | 'en';
  created_at: ColumnType<Date, Date | undefined, Date>;
  attempts: Defaulted<number>;
  next_attempt_at: ColumnType<Date, Date | undefined, Date>;
  leased_until: Timestamp | null;
  sent_at: Timestamp | null;
  dead_at: Timestamp | null;
  last_error: string | null;
}

export interface PasswordResetTable {
  token_digest: Buffer;
  account_id: string;
  requested_at: ColumnType<Date, Date | undefined, Date>;
  expires_at: Timestamp;
  browser_digest: Buffer | null;
  proven_until: Timestamp | null;
  ended_at: Timestamp | null;
  ended_by: 'used' | 'superseded' | 'password_changed' | null;
}

export interface PasswordResetRequestTable {
  id: Generated<number>;
  content_sealed: Buffer;
  locale: 'zh-TW' | 'en';
  requested_at: Timestamp;
  ip: string;
  user_agent: string;
  request_id: string;
}

export interface IdpTables
  extends
    AccessTables,
    AuditTables,
    AuthenticatorTables,
    BreachedTables,
    CareTables,
    ConsoleTables,
    ContentTables,
    DirectoryTables,
    EnrollmentTables,
    ExchangeTables,
    FenceTables,
    ImpersonationTables,
    GrantTables,
    HcaTables,
    LifeTables,
    OnboardingTables,
    RestoreTables,
    ReviewTables,
    FederationTables,
    SigningTables,
    UnitTables,
    UpstreamTables,
    WatchTables,
    StatusTables {
  account: AccountTable;
  subsystem: SubsystemTable;
  client: ClientTable;
  subsystem_account: SubsystemAccountTable;
  binding: BindingTable;
  audit_event: AuditEventTable;
  oidc_session: OidcSessionTable;
  oidc_session_client: OidcSessionClientTable;
  oidc_grant: OidcGrantTable;
  oidc_interaction: OidcInteractionTable;
  oidc_replay: OidcReplayTable;
  logout_delivery: LogoutDeliveryTable;
  mail_message: MailMessageTable;
  password_reset: PasswordResetTable;
  password_reset_request: PasswordResetRequestTable;
}

/** The identity provider's database; a function that must run inside a transaction takes `Trx` instead. */
export type Db = Kysely<IdpTables>;
export type Trx = Transaction<IdpTables>;
