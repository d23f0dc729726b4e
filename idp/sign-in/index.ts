/**
 * Signing in: captcha and password, second factor, forced password change, choice of the account to act as, and
 * consent, in this order and only as far as the request, the role and the browser's session leave something to
 * prove. One function decides the next step from facts read anew each time; what a journey has proven is kept in
 * its interaction on the server. It knows the protocol only by the port it declares. Refused: a form of a step
 * that is not due, an account that is not active, and whatever a required class of authentication lacks.
 */
export type { SignInDeps } from './deps.ts';
export { signInRoutes } from './routes.ts';
export type { InteractionFacts, SignInPort, SignInProgress, SignInResult, SignedIn } from './types.ts';
