/**
 * The protocol edge: OpenID Connect and OAuth 2.0 on oidc-provider, and nothing else imports that library.
 * A grant is tied to one browser session, one client and one subsystem account, immutably; switching the account
 * is token exchange. One-time artefacts are used once however many ask at the same time, every request is one
 * unit of work written in one statement, and what it relied on is checked again as it is written. Keys change by
 * building another Provider and swapping it in.
 */
export { cookieKeys } from './configuration.ts';
export { type ProviderHolder, createProviderHolder } from './holder.ts';
export { createSignInPort } from './interactions.ts';
export { logoutDelivery } from './logout/deliver.ts';
export { createProofPort } from './proofs.ts';
export { answerForSuite } from './waiting/certification.ts';
export { pingDelivery } from './waiting/pings.ts';
export { createSignInRequestPort } from './waiting/requests.ts';
export { sessionCookieHeader } from './readiness.ts';
export { LIFETIME_CLASSES as PARTITIONED } from './storage/artefact-id.ts';
export { maintainPartitions } from './storage/partitions.ts';
export type { OidcDeps } from './types.ts';
