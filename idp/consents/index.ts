/**
 * What a person lets systems of others have: the list of third-party clients that hold a grant of theirs, and
 * its withdrawal, which ends the grants with their tokens at once and tells the client. Consent itself is given
 * within a sign-in; first-party systems need none and are not listed.
 */
export { type ConsentRouteDeps, consentRoutes } from './routes.ts';
