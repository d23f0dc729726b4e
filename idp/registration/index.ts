/**
 * Dynamic client registration (RFC 7591, RFC 7592, OpenID Connect Dynamic Client Registration 1.0): whoever holds an
 * initial access token, which operators issue for a few clients and a few days, registers clients; each is managed
 * by a token of its own, which is another after each change. A registered client belongs to no subsystem and is
 * always a third party: people consent, and no account of theirs is told to it. Refused: every grant but the code,
 * scopes beyond a person's own data, addresses that are not exact https or loopback, anything inside our network.
 * A disabled client stays disabled, whoever manages it.
 */
export { tokenFault, tokenState } from './initial-token.ts';
export { type Issuer, issueInitialToken, revokeToken } from './service.ts';
export { findInitialToken, listInitialTokens, listRegistered } from './store.ts';
export {
  type InitialToken,
  type RegisteredClient,
  type TokenState,
  REGISTERED_WITH,
  TOKEN_MOST,
} from './types.ts';
export { REGISTRATION_USAGE, runRegistrationCommand } from './commands.ts';
export { type RegistrationMode, networkAddresses, registrationFault, settleRegistration } from './policy.ts';
