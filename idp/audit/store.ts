import type { Db, Trx } from '#db/idp/tables.ts';
import { printable } from './policy.ts';
import type { AuditEvent } from './types.ts';

const MAX_TEXT = 256;

/** Writes one audit record; inside a transaction it stands or falls with the deed it records. */
export async function recordAudit(db: Db | Trx, event: AuditEvent): Promise<void> {
  await db.insertInto('audit_event').values(auditColumns(event)).execute();
}

/** The event as the columns of `audit_event`, every text printable and cut to 256 characters. */
export function auditColumns(event: AuditEvent) {
  const text = (value: string | undefined): string | null =>
    value === undefined ? null : printable(value, MAX_TEXT);
  return {
    type: event.type,
    outcome: event.outcome ?? (event.reason === undefined ? ('success' as const) : ('refused' as const)),
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

function printableValues(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? printable(value, MAX_TEXT) : value;
}
