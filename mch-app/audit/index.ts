/**
 * The MCH system's audit trail: one insert-only record of every security event, granted or refused. It owns
 * `audit_event` and decides nothing; whoever does the deed records it in the deed's own transaction.
 */
export { callerOf } from './caller.ts';
export { recordAudit } from './store.ts';
export type { AuditEvent, Caller } from './types.ts';
