/**
 * The half-yearly review of accounts: each unit's manager says of every account whether it is still needed, or
 * disables it; the national administration says so of managers. An account is open → needed, disabled, or, once the
 * review is due, suspended at its subsystems. Nobody reviews their own; units that have not finished are reminded.
 */
export { reviewWork } from './list.ts';
export { accountReviewRoutes } from './routes.ts';
export { runReviews } from './service/rounds.ts';
export type { ReviewDeps } from './types.ts';
