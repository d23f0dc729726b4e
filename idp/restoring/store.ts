import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Ended, RestoreFacts } from './types.ts';

/** What the database says of itself. */
export async function readRestoreFacts(db: Db | Trx): Promise<RestoreFacts> {
  const { rows } = await sql<{
    epoch: number;
    issued_after: Date | null;
    finished_target: string;
    begun_at: Date | null;
    target: string;
    log_position: string | null;
    timeline: number;
    system_identifier: string;
  }>`
    select e.epoch, e.issued_after, e.target as finished_target, e.begun_at,
      concat_ws(' ', nullif(current_setting('recovery_target'), ''), nullif(current_setting('recovery_target_time'), ''),
        nullif(current_setting('recovery_target_name'), ''), nullif(current_setting('recovery_target_lsn'), ''),
        nullif(current_setting('recovery_target_xid'), '')) as target,
      case when not pg_is_in_recovery() then (pg_current_wal_flush_lsn() - '0/0')::text end as log_position,
      (select timeline_id from pg_control_checkpoint()) as timeline,
      (select system_identifier::text from pg_control_system()) as system_identifier
    from restore_epoch e`.execute(db);
  const row = rows[0];
  if (!row) throw new Error('restore_epoch has lost its row');
  return {
    epoch: row.epoch,
    issuedAfter: row.issued_after ?? undefined,
    finishedTarget: row.finished_target,
    begunAt: row.begun_at ?? undefined,
    target: row.target,
    logPosition: row.log_position === null ? undefined : Number(row.log_position),
    timeline: row.timeline,
    systemIdentifier: row.system_identifier,
  };
}

export async function markBegun(trx: Trx): Promise<void> {
  await trx
    .updateTable('restore_epoch')
    .set({ begun_at: sql<Date>`now()` })
    .execute();
}

/** Nobody else finishes or begins meanwhile. */
export async function lockEpoch(trx: Trx): Promise<void> {
  await trx.selectFrom('restore_epoch').select('epoch').forUpdate().execute();
}

/** @returns the new epoch */
export async function beginEpoch(trx: Trx, at: Date, target: string): Promise<number> {
  const { epoch } = await trx
    .updateTable('restore_epoch')
    .set((row) => ({ epoch: sql<number>`${row.ref('epoch')} + 1`, issued_after: at, target, begun_at: null }))
    .returning('epoch')
    .executeTakeFirstOrThrow();
  return epoch;
}

/** Every client that a session was used at is told that it has ended. */
export async function queueLogouts(trx: Trx): Promise<number> {
  const result = await sql`
    insert into logout_delivery (client_id, account_id, sid, cause)
    select sc.client_id, s.account_id, sc.sid, 'restored' from oidc_session s
    join oidc_session_client sc on sc.session_uid = s.uid and sc.grant_id is not null
    join client c on c.client_id = sc.client_id and c.metadata ? 'backchannel_logout_uri'
    where s.account_id is not null`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
}

/** Emptied whole: nothing in them is worth anything any more. */
const EMPTIED = {
  sessions: 'oidc_session',
  grants: 'oidc_grant',
  'sign-ins under way': 'oidc_interaction',
  'sign-ins on other devices': 'oidc_waiting',
  'codes and tokens of minutes': 'artefact_minutes',
  'codes and tokens of hours': 'artefact_hours',
  'codes and tokens of weeks': 'artefact_weeks',
  captchas: 'captcha_challenge',
  'passkey challenges': 'webauthn_challenge',
  'card challenges': 'hca_challenge',
  'requests for a new password': 'password_reset_request',
  'addresses to be confirmed': 'pending_email',
  'recovery codes': 'recovery_code',
} as const;

export async function emptyTables(trx: Trx): Promise<Ended> {
  const ended: Ended = {};
  for (const [what, table] of Object.entries(EMPTIED)) {
    const { rows } = await sql<{ rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(
      trx,
    );
    ended[what] = rows[0]?.rows ?? 0;
    await sql`truncate ${sql.table(table)} cascade`.execute(trx);
  }
  return ended;
}

/** One-time things that are rows of something that stays. */
export async function voidOneTimeThings(trx: Trx, at: Date): Promise<Ended> {
  const count = ({ numAffectedRows }: { numAffectedRows?: bigint }): number => Number(numAffectedRows ?? 0n);
  const links = await sql`
    update password_reset set ended_at = ${at}, ended_by = 'superseded' where ended_at is null`.execute(trx);
  const confirmations = await sql`
    update enrollment set confirm_digest = null where confirm_digest is not null`.execute(trx);
  // the clock of the person's device may be a step ahead
  const step = Math.floor(at.getTime() / 30_000) + 1;
  await sql`update totp_credential set last_used_step = greatest(last_used_step, ${step}::bigint)`.execute(
    trx,
  );
  // sent or not: nobody knows, and twice is worse; an operator may resend one
  const mails = await sql`
    update mail_message set dead_at = ${at}, leased_until = null, last_error = 'restored: it may have been sent'
    where sent_at is null and dead_at is null`.execute(trx);
  return {
    'links to a new password': count(links),
    'links that confirm an application': count(confirmations),
    'mails not sent again (dead letters)': count(mails),
  };
}

/** Logouts of before that are delivered again: being told twice of an end does no harm. */
export async function countWaitingLogouts(trx: Trx): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    select count(*) as rows from logout_delivery where delivered_at is null and dead_at is null`.execute(trx);
  return rows[0]?.rows ?? 0;
}

/** Connections of replicas. */
export async function countReplicas(db: Db): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    select count(*) as rows from pg_stat_activity
    where datname = current_database() and application_name in ('idp', 'idp-jobs') and pid <> pg_backend_pid()`.execute(
    db,
  );
  return rows[0]?.rows ?? 0;
}
