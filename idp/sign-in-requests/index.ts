/**
 * Requests of subsystems to sign a person in without a browser of theirs (CIBA), as the person sees them: who asks
 * for what, until when, and which account would act. Waiting becomes approved or denied, once, or expires. Refused:
 * an approval on a sign-in that is old or too weak, for an account that is not to be had any more, and by anybody but
 * the person who is asked. What is granted then is the protocol's (`oidc/waiting`).
 */
export { type SignInRequestRouteDeps, signInRequestRoutes } from './routes.ts';
export { noteExpired } from './service.ts';
export { waitingRequests } from './store.ts';
export type { Answer, Answered, SignInRequest, SignInRequestPort } from './types.ts';
export { REQUESTS, requestMessage } from './words.ts';
