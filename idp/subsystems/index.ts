/**
 * Subsystems and their clients. A subsystem declares itself by one reviewed manifest: names, client metadata,
 * roles, duties, menu roles, quotas, review chains, how accounts are proved. Every manifest applied is kept as a
 * version; going back makes a new one. A client's secret is told once, only its digest is kept, and while it is
 * replaced two are good until a date. Refused: a manifest that refers to codes it does not declare, or to
 * addresses that are not exact https URLs, or that changes a subsystem's code, suffix or client id, or
 * whether its subjects are its own.
 */
export { type Detail, type DetailType, refuseDetail } from './authorization-details.ts';
export { runApply } from './commands.ts';
export { CHAIN_ENDS_AT, CIBA, PORTAL_CLIENT, TOKEN_EXCHANGE } from './client-manifest.ts';
export { choiceForm, choiceLines } from './choice-view.ts';
export { choiceErrors, dutiesFor, offeredSubsystems, readChoices } from './choices.ts';
export { type Manifest, type ManifestReading, readManifest } from './manifest.ts';
export type { ManifestFault } from './manifest-faults.ts';
export { type ManifestChange, compareManifests } from './policy.ts';
export { FAPI_ALGORITHMS } from './profiles.ts';
export {
  CONTENT_ENCRYPTION,
  KEY_MANAGEMENT,
  RESPONSE_MODES,
  SIGNING_ALGORITHMS,
} from './protocol-options.ts';
export { type ClientRegistry, createClientRegistry } from './registry.ts';
export { MAX_OVERLAP_DAYS, newClientSecret, revokePreviousSecret, rotateClientSecret } from './secrets.ts';
export {
  type ByAdministrator,
  type SubsystemDeps,
  applyManifest,
  clientMetadata,
  clientSecretDigest,
  describeFault,
  faultsAgainst,
  faultsOfPlace,
  isClientSecret,
  rollBack,
  setClientStatus,
} from './service.ts';
export { findDeclared } from './store/federated.ts';
export { listSubsystems, upsertClient } from './store.ts';
export { findClientSecrets } from './store/secrets.ts';
export { countHolders, findVersion, listVersions } from './store/versions.ts';
export type {
  ClientSecrets,
  ListedSubsystem,
  Localized,
  RegisteredClient,
  Subsystem,
  SubsystemChoice,
  SubsystemVersion,
} from './types.ts';
