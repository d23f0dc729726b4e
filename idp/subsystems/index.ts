/**
 * Subsystems and their clients. A subsystem declares itself by one reviewed manifest: names, client metadata,
 * roles, duties, menu roles, quotas, review chains, how accounts are proved. Refused: a manifest that refers to
 * codes it does not declare, or to addresses that are not exact https URLs.
 */
export {
  type Manifest,
  type ManifestReading,
  PORTAL_CLIENT,
  TOKEN_EXCHANGE,
  readManifest,
} from './manifest.ts';
export { type ClientRegistry, createClientRegistry } from './registry.ts';
export { type SubsystemDeps, applyManifest, isClientSecret, setClientStatus } from './service.ts';
export { upsertClient } from './store.ts';
export type { Localized, RegisteredClient, Subsystem } from './types.ts';
