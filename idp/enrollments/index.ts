/**
 * Enrolments: somebody without an account asks for one. Four steps are kept as they are filled in; sending
 * holds the account name; a mailed link proves the address; then a unit manager decides about general users; a
 * manager shows the institution's card, or the agency decides on a sealed paper form. Draft → unconfirmed →
 * pending_unit_review | pending_hca → pending_paper → active | returned | withdrawn | expired. It refuses general users where nobody could approve them, a second application of
 * the same person at a unit, a name in use, and whoever would decide about themself.
 */
export { ENROLLMENT_COMMANDS, ENROLLMENT_USAGE } from './commands.ts';
export { cardRoutes } from './card-routes.ts';
export { confirmationRoutes } from './confirmation-routes.ts';
export { enrollmentConsoleRoutes } from './console/routes.ts';
export { enrollmentWork } from './console/work.ts';
export type { EnrollmentDeps, EnrollmentServices } from './deps.ts';
export { expireEnrollments } from './jobs.ts';
export { MANAGER_QUOTA } from './policy.ts';
export { progressRoutes } from './progress-routes.ts';
export { PERSONAL_FIELDS, personalErrors, readPersonal } from './personal.ts';
export { openPersonal } from './sealed.ts';
export { applicationRoutes } from './routes.ts';
export { type ReviewPatience, remindOfEnrollments } from './service/remind.ts';
export { type Decided, recordDecision } from './service/decide.ts';
export { findUniqueness, insertAccount } from './store/accounts.ts';
export { countReviewableEnrollments } from './store/enrollments.ts';
export type { Decision, DecisionRefusal, EnrollmentStatus } from './types.ts';
