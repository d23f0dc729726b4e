import type { Db, Trx } from '#db/mch/tables.ts';
import type { AuditEvent } from './types.ts';

const MAX_TEXT = 256;

/** Writes one audit record; inside a transaction it stands or falls with the deed it records. */
export async function recordAudit(db: Db | Trx, event: AuditEvent): Promise<void> {
  await db
    .insertInto('audit_event')
    .values({
      type: event.type,
      outcome: event.outcome ?? 'success',
      reason: event.reason ?? null,
      sub: event.sub ?? null,
      sid: event.sid ?? null,
      account_id: event.accountId ?? null,
      from_account_id: event.fromAccountId ?? null,
      act_sub: event.act ?? null,
      ip: event.caller?.ip ?? null,
      user_agent: event.caller ? printable(event.caller.userAgent) : null,
      request_id: event.caller?.requestId ?? null,
    })
    .execute();
}

/** Without the control characters that forge log lines, cut to a sensible length. */
function printable(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ');
}
