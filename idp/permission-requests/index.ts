/**
 * Permission requests (SM-08): a unit's manager asks the agency for one manager more than the quota, or for a business
 * the unit has no right to. Submitted → allowed | refused | withdrawn. What is allowed is done in the transaction of
 * the decision. Refused: to ask for other units, twice for the same, and to decide what concerns oneself.
 */
export { permissionConsoleRoutes } from './console/routes.ts';
export { permissionWork } from './console/work.ts';
export { type Decided, type DecisionAsked, decideRequest } from './service/decide.ts';
export { type PermissionChoices, readChoices } from './service/choices.ts';
export { remindOfPermissionRequests } from './service/remind.ts';
export { type Submission, submitRequest, withdrawRequest } from './service/submit.ts';
export {
  type PermissionFilter,
  countRequests,
  countWaiting as countWaitingRequests,
  findRequest,
  listRequests,
} from './store.ts';
export type {
  PermissionKind,
  PermissionRequest,
  PermissionRequestDeps,
  PermissionStatus,
  PermissionWish,
} from './types.ts';
