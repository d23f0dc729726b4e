import type { Db, Trx } from '#db/idp/tables.ts';
import { sql } from 'kysely';
import { printable } from './policy.ts';
import { isSpooled } from './spooling.ts';
import { tally } from './tally.ts';
import type { AuditEvent } from './types.ts';

const MAX_TEXT = 256;

/** Writes one audit record; inside a transaction it stands or falls with the deed it records. */
export async function recordAudit(db: Db | Trx, event: AuditEvent): Promise<void> {
  if (isSpooled(event.type))
    await db
      .insertInto('audit_spool')
      .values({ record: spoolRecord(event) })
      .execute();
  else await db.insertInto('audit_event').values(auditColumns(event)).execute();
}

/** The event as the columns of `audit_event`, every text printable and cut to 256 characters. */
export function auditColumns(event: AuditEvent) {
  const text = (value: string | undefined): string | null =>
    value === undefined ? null : printable(value, MAX_TEXT);
  const outcome = event.outcome ?? (event.reason === undefined ? ('success' as const) : ('refused' as const));
  tally(event, outcome);
  return {
    type: event.type,
    outcome,
    reason: text(event.reason),
    account_id: event.accountId ?? null,
    actor_account_id: event.actorAccountId ?? null,
    client_id: text(event.clientId),
    session_uid: text(event.sessionUid),
    from_subsystem_account_id: text(event.fromSubsystemAccountId),
    to_subsystem_account_id: text(event.toSubsystemAccountId),
    ip: text(event.caller?.ip),
    user_agent: text(event.caller?.userAgent),
    request_id: text(event.caller?.requestId),
    details: JSON.stringify(event.details ?? {}, printableValues),
  };
}

/** The event as the spool keeps it: its columns as JSON. */
export function spoolRecord(event: AuditEvent): string {
  const { details, ...columns } = auditColumns(event);
  const all = { ...(JSON.parse(details) as object), spooled: true };
  return JSON.stringify({ ...columns, details: all });
}

class Undone extends Error {}

/** Writes a record and takes it back. @throws whatever keeps records from being written */
export async function probeTrail(db: Db): Promise<void> {
  const probe = db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = '500ms'`.execute(trx);
    await trx
      .insertInto('audit_event')
      .values({
        type: 'audit.probed',
        outcome: 'success',
        reason: null,
        account_id: null,
        actor_account_id: null,
        client_id: null,
        session_uid: null,
        from_subsystem_account_id: null,
        to_subsystem_account_id: null,
        ip: null,
        user_agent: null,
        request_id: null,
      })
      .execute();
    throw new Undone();
  });
  await probe.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}

/** Moves the spool into the trail, each record with the moment it was written. */
export async function drainSpool(db: Db): Promise<void> {
  await sql`
    with gone as (delete from audit_spool returning id, record, at)
    insert into audit_event (at, type, outcome, reason, account_id, actor_account_id, client_id, session_uid,
      from_subsystem_account_id, to_subsystem_account_id, ip, user_agent, request_id, details)
    select gone.at, r.type, r.outcome, r.reason, r.account_id, r.actor_account_id, r.client_id, r.session_uid,
      r.from_subsystem_account_id, r.to_subsystem_account_id, r.ip, r.user_agent, r.request_id, r.details
    from gone, jsonb_populate_record(null::audit_event, gone.record) r order by gone.id`.execute(db);
}

function printableValues(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? printable(value, MAX_TEXT) : value;
}
