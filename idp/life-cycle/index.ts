/**
 * How accounts end and come back. A subsystem account unused for 90 days is suspended, its owner warned 14, 7 and
 * 1 day before; one whose password was locked three times in a day is suspended too. A manager of its unit, or the
 * national administration for a manager's, reinstates it with a reason. Whoever leaves is disabled with all that is theirs; refused: the last manager of a unit without a
 * successor. Each deed is one transaction and one audit record, each word goes out once.
 */
export { describeIdleAccounts, describeSuspended, runReinstatement, runResignation } from './commands.ts';
export { suspendAccounts } from './service/suspend.ts';
export { suspendLockedAccounts } from './service/suspend-locked.ts';
export type { ReinstatementRefusal, ResignationRefusal } from './policy.ts';
export { type ReinstatementOutcome, reinstate } from './service/reinstate.ts';
export { type Resignation, type ResignationOutcome, resign, resignWithin } from './service/resign.ts';
export { suspendIdleAccounts } from './service/suspend-idle.ts';
export type { LifeDeps } from './types.ts';
