/**
 * Operators who must see a subsystem as somebody else's account. It is asked for with a reason, approved by another
 * person, begun by whoever asked with a one-time code in a browser that is signed in to nothing, and over after half
 * an hour; the person is told and may end it.
 *
 *   requested ─► approved ─► running ─► ended (operator · approver · person · time · signed out · right or account lost)
 *       └► refused · withdrawn · lapsed ◄┘
 *
 * It owns `impersonation`, and the browser sessions that bear its id. Refused: to help oneself, to approve one's own
 * request, to act as anybody who administers anything, and wherever a subsystem's manifest does not permit it.
 */
export { impersonationConsoleRoutes } from './console/routes.ts';
export { impersonationWork } from './console/work.ts';
export { HELPER_ROLES } from './rights.ts';
export { impersonationRoutes } from './routes.ts';
export { closeImpersonations } from './service/close.ts';
export type { ImpersonationDeps } from './types.ts';
