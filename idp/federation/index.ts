/**
 * Institutions that sign their own people in. An OpenID Provider is declared by a reviewed manifest: it vouches for
 * accounts of certain units, domains and roles and no others, and no higher than its ceiling. A subject there is tied
 * to an account by proof, never by resemblance: departed → arrived → linked by somebody signed in freshly → parted,
 * and nothing begun before a parting counts. Refused: an answer of another browser, another provider or a second
 * time, and whatever does not pass every check of OpenID Connect.
 */
export {
  CHAIN_ENDS_AT,
  FEDERATION_USAGE,
  type Federation,
  RegistrationRefused,
  endExpired,
  federationRegistrationRoutes,
  openFederation,
  renewAhead,
  runFederationCommand,
} from './registration/index.ts';
export { STATEMENT_MEDIA_TYPE } from './trust-chain/index.ts';
export { chainRoutes } from './chains/index.ts';
export { type BrowserDigests, giveBrowser, readBrowser } from './upstream/browser.ts';
export { createProviderClients } from './upstream/client.ts';
export { PROVIDER_USAGE, runProviderCommand } from './upstream/commands.ts';
export { upstreamConsoleRoutes } from './upstream/console/routes.ts';
export type { UpstreamDeps } from './upstream/deps.ts';
export { linkRoutes } from './upstream/link-routes.ts';
export { domainOf, providersNamed } from './upstream/policy.ts';
export { createUpstreamRegistry } from './upstream/registry.ts';
export { upstreamLogoutRoutes } from './upstream/logout-routes.ts';
export { upstreamCallbackRoutes } from './upstream/routes.ts';
export { type LogoutOffers, type Onward, logoutOffers } from './upstream/service/logout.ts';
export { type Wishes, depart } from './upstream/service/depart.ts';
export {
  type ApplicationProof,
  beginWithProof,
  findApplicationProof,
  linkByProof,
} from './upstream/service/proof.ts';
export { deleteIdleProofs, settleProof } from './upstream/store/proofs.ts';
export { type UpstreamTie, proveByProvider, stillVouched } from './upstream/service/prove.ts';
export type { Facts, UpstreamProvider } from './upstream/types.ts';
export { ProviderUnavailable } from './upstream/unavailable.ts';
