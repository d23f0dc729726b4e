/**
 * Subsystem accounts: what a subsystem knows of a person, with one unit, role and duty, a set of menu roles and a
 * status: pending → active ⇄ disabled, and active → suspended → active by reinstatement. Only an active, bound
 * one may be acted as; whenever that stops being so, the grants tied to it and their tokens end in the same
 * transaction, and the clients are told.
 */
export type { StatusRefusal } from './policy.ts';
export {
  type StatusOutcome,
  changeAccess,
  changeStatus,
  insertSubsystemAccountFor,
  openSubsystemAccount,
  setStatus,
  unbind,
} from './service.ts';
export { endGrantsOfAll, endGrantsOfUnits, insertBinding, lockHeld } from './store.ts';
export type {
  Access,
  AccessChange,
  HeldAccount,
  StatusChange,
  SubsystemAccountStatus,
  SuspensionCause,
} from './types.ts';
