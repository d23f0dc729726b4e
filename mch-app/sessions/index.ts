/**
 * Who is signed in here, in which browser, acting as which account. It owns `rp_session`: the cookie holds
 * only an opaque id, of which the row keeps the digest; tokens lie sealed in the row. Sessions are read from
 * the database on each request, so an end counts everywhere at once.
 *
 *   opened ──switch──► opened again under a new id, next generation
 *     └── signed out · logged out by the single entry · idle · absolute limit · refresh refused ──► gone
 *
 * Whose session ended without a word of their own is remembered for a day, so that what is sent with it then can be kept
 * for them.
 *
 * It knows no protocol: the relying party brings arrivals and fresh tokens.
 */
export { judgeActing, readActingForm } from './acting-form.ts';
export {
  type Handler,
  type SignedInContext,
  type SignedInState,
  sessionIfAny,
  sessionOf,
} from './context.ts';
export { type BrowserCookie, browserCookie } from './cookie.ts';
export { type GuardDeps, signedInOnly } from './guard.ts';
export { actorOf, refuseDeedsForOthers } from './impersonation.ts';
export { FORGOTTEN_AFTER_MS, sweepSessions } from './jobs.ts';
export { type Limits, idleSecondsLeft } from './policy.ts';
export { keepAlive, peekSession, tellActing } from './routes.ts';
export { type Arrival, type SessionStoreDeps, continueAs, endSession, openSession } from './service.ts';
export {
  deleteSessionsOf,
  findPast,
  markTodosShown,
  releaseTokenLease,
  rememberEnded,
  rememberPast,
  storeNotice,
  storeRefreshment,
  takeTokenLease,
} from './store.ts';
export { openTokens, sealTokens } from './tokens.ts';
export type { Account, Act, KnownAccount, Notice, Past, Session, Tokens, Unit } from './types.ts';
