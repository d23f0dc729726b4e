/**
 * Access requests: somebody with an account asks for a subsystem account, or for another unit, role, other menu roles
 * or the end of one they have. Submitted → approved | returned | withdrawn, and from returned submitted again. The
 * steps are the manifest's; each is decided once, by its unit's reviewer or whoever stands in where there is none.
 * Refused: what the unit is not entitled to, managers beyond the quota, a second account of one duty at a unit, and
 * whoever would decide about themself, or twice.
 */
export { accessConsoleRoutes } from './console/routes.ts';
export { accessWork } from './console/work.ts';
export { changeRoutes } from './change-routes.ts';
export { correctionRoutes } from './correction-routes.ts';
export { tendRequests } from './jobs.ts';
export { newRequestRoutes } from './new-routes.ts';
export { ownRequestRoutes } from './routes.ts';
export type { AccessRequestRouteDeps } from './routes-shared.ts';
export { type DecisionAsked, decideRequest, decideRequests } from './service/decide.ts';
export { type ReviewedRequest, getRequest } from './service/read.ts';
export { listOpenRows } from './service/own.ts';
export { remindOfRequests } from './service/remind.ts';
export { type Submission, type Submitted, openRequests, submitRequest } from './service/submit.ts';
export { withdrawRequest } from './service/withdraw.ts';
export {
  type ReviewableFilter,
  type ReviewablePaging,
  type ReviewableRow,
  countReviewable,
  listReviewable,
} from './store/reviewable.ts';
export { loadReviewer, mayReview } from './store/reviewers.ts';
export type {
  AccessRequest,
  AccessRequestDeps,
  Decided,
  Decision,
  DecisionRefusal,
  DelegationCheck,
  RequestEvent,
  RequestKind,
  RequestStatus,
  Reviewer,
} from './types.ts';
