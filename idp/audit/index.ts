/**
 * The audit trail: one insert-only record of every security event, granted or refused. It owns `audit_event`
 * and decides nothing; whoever does the deed records it in the deed's own transaction.
 */
export { callerOf } from './caller.ts';
export { type ChangeRecord, describeChanges } from './changes.ts';
export { recordConsoleDeed } from './console-deed.ts';
export { recordInfected } from './infected.ts';
export { watchAuditStore } from './spool.ts';
export { isSpooled, isSpooling } from './spooling.ts';
export { auditColumns, recordAudit, spoolRecord } from './store.ts';
export { type EventKind, eventCounts } from './tally.ts';
export type { AuditEvent, Caller, ConsoleActor, ConsoleDeed, DetailValue } from './types.ts';
