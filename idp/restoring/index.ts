/**
 * A database restored from a backup has forgotten what happened after its point in time: codes used since are unused
 * again, ended sessions live, revoked keys sign. Until an operator has said `restore finish`, no replica serves it.
 * Finishing ends everything that was ever issued, in one transaction, and begins a new epoch; accounts, passwords and
 * second factors stay. A restore is known by the recovery target that PostgreSQL still names, or by `restore begin`; a
 * failover to a standby has neither, so it never stops anybody. A log that has gone back without either is an alarm.
 */
export { RESTORE_USAGE, runRestoreCommand } from './commands.ts';
export { type RestoreWatch, RestoredError, watchRestores } from './watch.ts';
