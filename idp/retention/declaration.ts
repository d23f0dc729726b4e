import type { IdpTables } from '#db/idp/tables.ts';
import type { AgeRule, Keeping } from '#db/retention.ts';
import type { RetentionSetting } from './settings.ts';

/** A rule whose setting is one of this application's. */
type Rule = Omit<AgeRule, 'age'> & { age: { setting: RetentionSetting } | { days: number } };
type Kept = Exclude<Keeping, { kind: 'aged' }> | { kind: 'aged'; rules: readonly Rule[] };

type View = 'review_record';
/** Tables that the application's types do not list. */
type Unlisted =
  | 'api_call_count'
  | 'artefact_minutes'
  | 'artefact_hours'
  | 'artefact_weeks'
  | 'kysely_migration'
  | 'kysely_migration_lock'
  | 'schema_contract';

const aged = (...rules: Rule[]): Kept => ({ kind: 'aged', rules });
const by = (setting: RetentionSetting, column: string, what: string, only?: string): Rule => ({
  ...{ column, what, age: { setting } },
  ...(only !== undefined && { only }),
});
const after = (days: number, column: string, what: string): Rule => ({ column, what, age: { days } });
const expires = (life: string): Kept => ({ kind: 'expires', life });
const part = (of: keyof IdpTables): Kept => ({ kind: 'part', of });
const holds = (why: string): Kept => ({ kind: 'holds', why });

const ACCOUNT = 'as long as the account; erased at its owner’s request';
const REGISTER = 'reference data: as many rows as there are things described';
const FEW = 'a few a year, decided by people';

/** Every table, and what becomes of its rows. A table that is missing here does not compile. */
export const TABLES: Record<Exclude<keyof IdpTables, View> | Unlisted, Kept> = {
  account: holds(ACCOUNT),
  account_review: aged(
    by(
      'RETENTION_OVERSIGHT_DAYS',
      'closed_at',
      'closed rounds, once their items are gone',
      'not exists (select from account_review_item i where i.period = account_review.period)',
    ),
  ),
  account_review_item: aged({
    ...by('RETENTION_OVERSIGHT_DAYS', 'closed_at', 'items of closed rounds'),
    through: { table: 'account_review', own: 'period', key: 'period' },
  }),
  account_review_reminder: part('account_review'),
  alert: aged(by('RETENTION_OVERSIGHT_DAYS', 'raised_at', 'answered alerts', "state <> 'open'")),
  alert_answer: part('alert'),
  alert_rule: holds(REGISTER),
  announcement: holds('published by people, removed by people'),
  announcement_attachment: part('announcement'),
  announcement_seen: holds('one row an account'),
  api_answer: expires('a day'),
  api_call_count: expires('ten minutes'),
  artefact_hours: { kind: 'partitions', life: 'ten hours at most, in partitions of four hours' },
  artefact_minutes: {
    kind: 'partitions',
    life: 'half an hour at most, in partitions of a quarter of an hour',
  },
  artefact_weeks: { kind: 'partitions', life: '31 days at most, in partitions of twelve days' },
  attempt_throttle: aged(after(30, 'updated_at', 'failed tries nobody has added to')),
  audit_checkpoint: holds(
    'signed proof of the trail: one row each AUDIT_CHECKPOINT_SECONDS in which there was something',
  ),
  audit_event: { kind: 'partitions', life: '`AUDIT_RETENTION_MONTHS`, in partitions of a month' },
  audit_seal: holds('the chain itself: 40 bytes a record beyond its month, so that gaps show for ever'),
  audit_spool: expires('until the trail can be written again'),
  audit_verification: aged(by('RETENTION_CHECK_DAYS', 'ended_at', 'reports of verifications')),
  binding: holds(ACCOUNT),
  backchannel_ping: part('oidc_waiting'),
  breach: holds(FEW),
  breach_note: part('breach'),
  breach_step: part('breach'),
  breached_password: holds('reference data: 6 GB for the whole public list'),
  breached_password_import: holds(REGISTER),
  captcha_challenge: expires('ten minutes'),
  carried_key: holds('two or three rows a master key'),
  client: holds(REGISTER),
  client_address: expires('200 days'),
  console_network: holds(REGISTER),
  data_request: aged(by('RETENTION_REQUEST_DAYS', 'ended_at', 'ended requests about one’s own data')),
  delegation: holds(FEW),
  download: holds('published by people, removed by people'),
  emergency_stop: holds(FEW),
  enrollment: aged(
    by(
      'RETENTION_REQUEST_DAYS',
      'updated_at',
      'ended applications; the applicant is erased after 30 days, drafts go after a day',
      "status in ('active', 'withdrawn', 'expired')",
    ),
  ),
  enrollment_card: part('enrollment'),
  enrollment_event: part('enrollment'),
  enrollment_scan: part('enrollment'),
  hca_challenge: expires('minutes'),
  hca_unit_certificate: holds(REGISTER),
  exchange_count: expires('two minutes'),
  help_entry: holds('published by people, removed by people'),
  holiday: holds(REGISTER),
  idle_notice: aged(by('RETENTION_CHECK_DAYS', 'sent_at', 'notices of idle accounts')),
  jwks_fetch: expires('200 days'),
  kept_page: expires('a quarter of an hour'),
  key_alarm: holds(FEW),
  impersonation: aged(
    by(
      'RETENTION_OVERSIGHT_DAYS',
      'requested_at',
      'requests to act as somebody',
      "status not in ('requested', 'approved', 'running')",
    ),
  ),
  job_fence: holds('one row'),
  job_lease: holds('one row'),
  key_replica: aged(after(2, 'seen_at', 'replicas that are gone')),
  key_revocation: holds(FEW),
  kysely_migration: holds('one row a migration'),
  kysely_migration_lock: holds('one row'),
  logout_delivery: aged(
    by('RETENTION_LOGOUT_DAYS', 'created_at', 'delivered logouts', 'delivered_at is not null'),
    { ...by('RETENTION_LOGOUT_DAYS', 'created_at', 'logouts given up', 'dead_at is not null'), times: 3 },
  ),
  mail_message: aged(
    by(
      'RETENTION_MAIL_DAYS',
      'created_at',
      'mails sent or given up',
      '(sent_at is not null or dead_at is not null)',
    ),
  ),
  maintenance_window: holds(FEW),
  manager_quota: holds(REGISTER),
  message: aged(by('RETENTION_MESSAGE_DAYS', 'received_at', 'messages, read or not')),
  notice: holds('published by people, removed by people'),
  oidc_grant: expires('its session, or `UNATTENDED_GRANT_SECONDS` where it has none'),
  oidc_interaction: expires('an hour'),
  oidc_replay: expires('a quarter of an hour'),
  oidc_session: expires('`SESSION_ABSOLUTE_SECONDS` at most'),
  oidc_session_client: part('oidc_session'),
  oidc_waiting: expires('half an hour at most, and ten minutes for late questions'),
  pairwise_subject: holds('one row an account and sector: a subject never changes, nor serves anybody else'),
  passkey: holds(ACCOUNT),
  password_credential: holds(ACCOUNT),
  password_history: holds('the last few of an account'),
  password_reset: aged(after(30, 'requested_at', 'links to a new password')),
  password_reset_request: expires('a second: taken up by a job'),
  pending_email: expires('its link'),
  permission_request: aged(
    by('RETENTION_REQUEST_DAYS', 'created_at', 'ended requests for rights', "status <> 'submitted'"),
  ),
  person_card: holds(ACCOUNT),
  readiness_account: holds(REGISTER),
  readiness_run: aged(by('RETENTION_CHECK_DAYS', 'ended_at', 'readiness checks')),
  recovery_code: holds(ACCOUNT),
  registration_token: holds('one row a registered client, and what operators issued: a few a year'),
  remote_account: holds(REGISTER),
  restore_epoch: holds('one row'),
  saved_filter: holds(ACCOUNT),
  schema_contract: holds('one row a migration that took something away'),
  service_day: aged(after(400, 'day', 'days on the status page, of which it shows 90')),
  service_minute: aged(after(3, 'minute', 'minutes, once they are counted in their day')),
  signing_key: holds('a few a year; the public part proves old checkpoints'),
  subsystem: holds(REGISTER),
  subsystem_account: holds(ACCOUNT),
  subsystem_request: aged(
    by(
      'RETENTION_REQUEST_DAYS',
      'updated_at',
      'ended requests for subsystem accounts',
      "status in ('approved', 'withdrawn')",
    ),
  ),
  subsystem_request_event: part('subsystem_request'),
  subsystem_sign_in: aged(by('RETENTION_SIGN_IN_DAYS', 'at', 'sign-ins reported by subsystems')),
  subsystem_version: holds(FEW),
  todo_count: holds('a few numbers a subsystem account, overwritten'),
  totp_credential: holds(ACCOUNT),
  unit: holds(REGISTER),
  unit_entitlement: holds(REGISTER),
  unit_import: aged(
    by(
      'RETENTION_IMPORT_DAYS',
      'started_at',
      'imports, once their rows are gone',
      'ended_at is not null and not exists (select from unit_import_row r where r.import_id = unit_import.id)',
    ),
  ),
  unit_import_row: aged({
    ...by('RETENTION_IMPORT_DAYS', 'started_at', 'rows of imports; unchanged rows go when the import ends'),
    through: { table: 'unit_import', own: 'import_id', key: 'id' },
  }),
  federation_client: part('client'),
  federation_key: holds('a few a year'),
  federation_settings: holds('one row'),
  upstream_arrival: expires('ten minutes'),
  upstream_departure: expires('ten minutes'),
  upstream_generation: holds(ACCOUNT),
  upstream_link: holds(ACCOUNT),
  upstream_logout: expires('two hours'),
  upstream_proof: expires('a day; with an application that was sent, until its end'),
  upstream_provider: holds(REGISTER),
  upstream_session: part('oidc_session'),
  visit_day: holds('one row a day'),
  webauthn_challenge: expires('minutes'),
};
