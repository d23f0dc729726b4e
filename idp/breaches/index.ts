/**
 * The register of personal data breaches: what happened, when it was known, what must be done by when (report the
 * incident, recover, notify the authority, notify the persons), what was done, and the closing report. Open → closed;
 * closing is refused while a step is open. Whoever is responsible is told of each breach, and once of each deadline
 * missed.
 */
export { breachWork } from './list.ts';
export { breachRoutes } from './routes.ts';
export { tellOverdue } from './service.ts';
export type { BreachDeps } from './types.ts';
