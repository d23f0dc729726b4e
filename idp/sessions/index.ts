/**
 * Browser sessions at the single entry: who is signed in, what ends when. A session ends by sign-out, by its
 * idle or absolute limit, or by a deed against its account; each end takes its grants and tokens with it and
 * queues a logout for every client, in one transaction.
 */
export { currentSession, renewSessionId, signOut } from './browser.ts';
export { readDevice } from './device.ts';
export { isFresh } from './policy.ts';
export { type SessionRouteDeps, sessionRoutes } from './routes.ts';
export { sweepExpired } from './service.ts';
export type { SessionDeps } from './service.ts';
export { listSignInEvents } from './store/history.ts';
export { listOwnSessions, lockOwnSession } from './store/own.ts';
export { endEverywhere, endSessions, lockOtherSessions, rememberNextAccount } from './store.ts';
export { deviceText, reasonKey } from './view.ts';
export type { BrowserSession, EndCause, OwnSession, SignInEvent } from './types.ts';
