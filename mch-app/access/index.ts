/**
 * What an account may do. It owns the tree of functions and the table that gives rights on it to roles and
 * menu roles, whose codes the account's claims carry; it refuses whatever no grant covers. It knows no data:
 * whose records a right reaches is each area's own rule.
 */
export { FUNCTIONS, type FunctionPath } from './functions.ts';
export {
  DUTY_CODES,
  MENU_ROLE_CODES,
  ROLE_CODES,
  SUBSYSTEM,
  UNIT_KINDS,
  dutyLabel,
  menuRoleLabel,
  roleLabel,
} from './labels.ts';
export { grantsOf, rightsOn } from './policy.ts';
export { type AddedGrants, type FunctionTree, type Grant, type Holder, RIGHTS, type Right } from './types.ts';
