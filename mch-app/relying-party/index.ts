/**
 * The MCH system as a relying party of the single entry: one file a protocol step. It owns sign-ins under way
 * and logout tokens already used, and trusts nothing that was not checked against our issuer.
 *
 *   sign-in ──► authorization (PAR, PKCE, state, nonce) ──► callback ──► session
 *   switch-account ──► exchange (RFC 8693) ──► session renewed
 *         └─ step up, or answer lost ──► authorization ──► callback ──► session renewed
 *   ended by the single entry ──► authorization with prompt=none ──► callback ──► session, or told that it is over
 *   refresh · api-token (RFC 8707) · logout · backchannel-logout
 */
export { askApiToken, leaveLostGrant } from './api-token.ts';
export { backchannelLogout } from './backchannel-logout.ts';
export { callback } from './callback.ts';
export { comeBack } from './come-back.ts';
export { type IdentityProvider, findIdentityProvider } from './discovery.ts';
export { sweepTransactions } from './jobs.ts';
export { signOut } from './logout.ts';
export { localPlace } from './policy.ts';
export { keepFresh } from './refresh.ts';
export { signIn } from './sign-in.ts';
export { switchAccount } from './switch-account.ts';
export type { RelyingParty } from './types.ts';
export { askContact } from './userinfo.ts';
